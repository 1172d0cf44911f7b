"""A notebook in a zip, named so that Canvas would take it for a classmate's."""

FOR = "canvas"
CAME_AS = {"chidi": "okaforchidi_502_9002_work.zip/lovelaceada_501_9001_tiny.ipynb"}
EVIDENCE = "okaforchidi_502_9002_work.html"
