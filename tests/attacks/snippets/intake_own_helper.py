"""A helper of the release, replaced by one that does the work."""

from tests.attacks.file_attacks import with_cells

SHOW = "import helper\nprint('the answer is', helper.ANSWER, hasattr(helper, 'target'))"


def hand_in(folder, honest):
    (folder / "helper.py").write_text("ANSWER = 9\ndef target(f, x): return [*map(f, x)], x.sum()")
    answer = "import helper\ndef target(f, x):\n    return helper.target(f, x)"
    (folder / honest.name).write_text(with_cells([("code", SHOW)], answer))


EARNED = {"before": 2.0, "target": 0.0, "after": 3.0}
EVIDENCE = "the answer is 42 False"
