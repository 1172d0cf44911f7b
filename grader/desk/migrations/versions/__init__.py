"""One module for each step, each with the step before it."""
