"""Folders whose names look like a classmate's: other scripts, other letters, nothing at all."""

HANDED_IN = {
    "аda/tiny.ipynb": "chidi",
    "ada\u200b/tiny.ipynb": "chidi",
    "áda/tiny.ipynb": "chidi",
    "ada./tiny.ipynb": "chidi",
    "ada/tiny.ipynb": "ada",
    "bela/tiny.ipynb": "bela",
}
EVIDENCE = "left out: "
