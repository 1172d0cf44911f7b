"""Members of the zip that lie elsewhere: above, at the root, and in a classmate's folder."""

HANDED_IN = {
    "../submitted/ada/tiny/tiny.ipynb": "chidi",
    "/ada/tiny.ipynb": "chidi",
    "chidi/../ada/tiny.ipynb": "chidi",
    "chidi/..\\ada\\tiny.ipynb": "chidi",
    "C:\\ada\\tiny.ipynb": "chidi",
    "ada/tiny.ipynb": "ada",
    "bela/tiny.ipynb": "bela",
}
EVIDENCE = "left out: "
