"""A timestamp.txt that the student uploaded beside the notebook, with an early time."""

HANDED_IN = {
    "Chidi Okafor_7003_assignsubmission_file_/tiny.ipynb": "chidi",
    "Chidi Okafor_7003_assignsubmission_file_/timestamp.txt": "chidi",
    "Béla von Szabó_7002_assignsubmission_file_/tiny.ipynb": "bela",
}
CONTENTS = {"Chidi Okafor_7003_assignsubmission_file_/timestamp.txt": "2026-01-01 10:00:00 UTC"}
AT = {"chidi": ""}
EVIDENCE = "chidi: collected"
