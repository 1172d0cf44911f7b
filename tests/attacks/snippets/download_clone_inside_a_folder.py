"""Clones of a classmate's repository inside one's own folder."""

HANDED_IN = {
    "chidi/tiny-ada-l/.git/HEAD": "chidi",
    "chidi/tiny-ada-l/tiny.ipynb": "chidi",
    "chidi/tiny-bela/.git/HEAD": "chidi",
    "chidi/tiny-bela/tiny.ipynb": "chidi",
    "ada/tiny.ipynb": "ada",
    "bela/tiny.ipynb": "bela",
}
EVIDENCE = "chidi: "
