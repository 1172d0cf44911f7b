"""A folder inside nbgrader's own that bears a classmate's name and an earlier time."""

HANDED_IN = {
    "chidi+tiny+2026-01-11 10:00:00 UTC/ada+tiny+2026-01-01 10:00:00 UTC/tiny.ipynb": "chidi",
    "bela+tiny+2026-01-09 10:00:00 UTC/tiny.ipynb": "bela",
    "ada+tiny+2026-01-09 11:00:00 UTC/tiny.ipynb": "ada",
}
AT = {"chidi": "2026-01-11 10:00", "ada": "2026-01-09 11:00"}
EVIDENCE = "chidi: collected"
