"""A display name on Canvas that is a classmate's full name."""

HANDED_IN = {
    "lovelaceada_503_9001_tiny.ipynb": "chidi",
    "lovelaceada_501_9002_tiny.ipynb": "ada",
    "vonszabóbéla_502_9003_tiny.ipynb": "bela",
}
EVIDENCE = "lovelaceada: left out|another person|several in this download"
