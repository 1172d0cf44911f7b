"""A name of a file that holds more numbers, as if they were those of Canvas."""

FOR = "canvas"
CAME_AS = {"chidi": "okaforchidi_LATE_502_9002_501_9001_tiny.ipynb"}
EVIDENCE = "okaforchidi_LATE_502_9002_501_9001_tiny.html"
