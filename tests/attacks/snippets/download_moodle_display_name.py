"""A display name on Moodle that is a classmate's full name."""

HANDED_IN = {
    "Ada Lovelace_7003_assignsubmission_file_/tiny.ipynb": "chidi",
    "Béla von Szabó_7002_assignsubmission_file_/tiny.ipynb": "bela",
}
EVIDENCE = "is chidi, but the name is ada"
