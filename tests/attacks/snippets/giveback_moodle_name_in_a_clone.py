"""A folder in a repository, named as Moodle would name a classmate's."""

FOR = "moodle"
CAME_AS = {
    "chidi": "tiny-chidi/Chidi Okafor_7001_assignsubmission_file_/tiny.ipynb",
    "ada": "Ada Lovelace_7001_assignsubmission_file_/tiny.ipynb",
}
EVIDENCE = "has the number 7001 there, and so has"
