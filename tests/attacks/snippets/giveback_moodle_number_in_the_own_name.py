"""A file in Moodle whose own name has the words and the number of a classmate."""

FOR = "moodle"
CAME_AS = {
    "chidi": "Chidi Okafor_7003_assignsubmission_file_Ada_7001_assignsubmission_file_x.ipynb",
}
EVIDENCE = "Chidi Okafor_7003_assignfeedback_file_tiny.html"
