"""A classmate's number with zeros before it, which Moodle would not see."""

FOR = "moodle"
CAME_AS = {
    "chidi": "Chidi Okafor_0007001_assignsubmission_file_/tiny.ipynb",
    "ada": "Ada Lovelace_7001_assignsubmission_file_/tiny.ipynb",
}
EVIDENCE = "has the number 7001 there, and so has"
