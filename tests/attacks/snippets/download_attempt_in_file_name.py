"""A file name for Blackboard with a classmate's id and an earlier time in it."""

HANDED_IN = {
    "HW2_chidi_attempt_2026-01-11-10-00-00_ada_attempt_2026-01-01-10-00-00_tiny.ipynb": "chidi",
    "HW2_bela_attempt_2026-01-09-10-00-00_tiny.ipynb": "bela",
    "HW2_ada_attempt_2026-01-09-11-00-00_tiny.ipynb": "ada",
}
AT = {"chidi": "2026-01-11 10:00"}
EVIDENCE = "chidi: collected"
