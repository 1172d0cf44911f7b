"""The student's own name in the form of Canvas, with a number that is a classmate's."""

FOR = "canvas"
CAME_AS = {
    "chidi": "okaforchidi_501_9002_tiny.ipynb",
    "ada": "lovelaceada_501_9001_tiny.ipynb",
}
EVIDENCE = "has the number 501 there, and so has"
