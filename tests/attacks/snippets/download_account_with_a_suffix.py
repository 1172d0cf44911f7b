"""A GitHub account whose name ends with a classmate's, and one that begins with it."""

HANDED_IN = {
    "tiny-zz-ada-l/.git/HEAD": "chidi",
    "tiny-zz-ada-l/tiny.ipynb": "chidi",
    "tiny-ada-l-zz/.git/HEAD": "chidi",
    "tiny-ada-l-zz/tiny.ipynb": "chidi",
    "tiny-ada-l/.git/HEAD": "ada",
    "tiny-ada-l/tiny.ipynb": "ada",
}
EVIDENCE = "zz-ada-l: left out.*"
