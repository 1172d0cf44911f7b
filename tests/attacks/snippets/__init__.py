"""What students of ill will hand in: ammunition for the tests beside this folder, not tests."""
