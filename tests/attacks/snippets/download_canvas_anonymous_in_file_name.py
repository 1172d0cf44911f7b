"""A file name for Canvas that looks as if the download were anonymous."""

HANDED_IN = {
    "okaforchidi_503_9001_anon_xy_501_tiny.ipynb": "chidi",
    "lovelaceada_501_9002_tiny.ipynb": "ada",
}
EVIDENCE = "chidi: collected"
