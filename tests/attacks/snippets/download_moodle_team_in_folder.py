"""A folder inside Moodle's own that makes the whole download look like one of teams."""

HANDED_IN = {
    "Chidi Okafor_7003_assignsubmission_file_/Group 1_assignsubmission_file_/tiny.ipynb": "chidi",
    "Béla von Szabó_7002_assignsubmission_file_/tiny.ipynb": "bela",
    "Ada Lovelace_7001_assignsubmission_file_/tiny.ipynb": "ada",
}
EVIDENCE = "chidi: collected"
