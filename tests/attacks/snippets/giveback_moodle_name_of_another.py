"""A name in Moodle that begins as if it were a classmate's, with that number."""

FOR = "moodle"
CAME_AS = {"chidi": "Ada Lovelace_7001_assignsubmission_file_/tiny.ipynb"}
EVIDENCE = "no participant.s number is known"
