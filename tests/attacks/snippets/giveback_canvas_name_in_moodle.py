"""A file in Moodle whose own name is that of a classmate's file in Canvas."""

FOR = "canvas"
CAME_AS = {
    "chidi": "Chidi Okafor_7003_assignsubmission_file_/okaforchidi_501_9001_tiny.ipynb",
}
EVIDENCE = "not certain that Canvas.s user 501 is this student"
