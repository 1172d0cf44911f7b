"""Folders inside one's own that bear the names of classmates and of the assignment."""

HANDED_IN = {
    "chidi/ada/tiny.ipynb": "chidi",
    "chidi/bela/tiny/tiny.ipynb": "chidi",
    "chidi/tiny/tiny.ipynb": "chidi",
    "ada/tiny.ipynb": "ada",
    "bela/tiny.ipynb": "bela",
}
EVIDENCE = "chidi: "
