"""A file name for Canvas that begins like the name of a classmate's file."""

HANDED_IN = {
    "okaforchidi_503_9001_lovelaceada_501_9999_tiny.ipynb": "chidi",
    "lovelaceada_501_9002_tiny.ipynb": "ada",
    "vonszabóbéla_502_9003_tiny.ipynb": "bela",
}
EVIDENCE = "chidi: collected"
