"""A file name for Moodle with a classmate's name and Moodle's own mark in it."""

HANDED_IN = {
    "Chidi Okafor_7003_assignsubmission_file_Ada Lovelace_7_assignsubmission_file_x.ipynb": "chidi",
    "Béla von Szabó_7002_assignsubmission_file_tiny.ipynb": "bela",
    "Ada Lovelace_7001_assignsubmission_file_tiny.ipynb": "ada",
}
EVIDENCE = "chidi: collected"
