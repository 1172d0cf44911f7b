"""A file that was collected from elsewhere, named as Canvas would name a classmate's."""

FOR = "canvas"
CAME_AS = {"chidi": "chidi/lovelaceada_501_9001_tiny.ipynb"}
EVIDENCE = "not certain that Canvas.s user 501 is this student"
