"""Modules beside the notebook, named like those that the check and the grader import."""

from tests.attacks.file_attacks import with_cells

FORGED = (
    "def array(*_): return 9\nlinalg = random = array\nclass ndarray: __eq__ = lambda *_: True\n"
)
SHOW = "import json, numpy, random\nfor m in (json, numpy, random): print(m.__name__, m.__file__)"


def hand_in(folder, honest):
    for name in ("numpy", "json", "random", "grader", "checking"):
        (folder / f"{name}.py").write_text(FORGED)
    (folder / "numpy").mkdir()
    (folder / "numpy" / "__init__.py").write_text(FORGED)
    answer = "def target(f, x):\n    return 9, 9"
    (folder / honest.name).write_text(with_cells([("code", SHOW)], answer))


EARNED = {"before": 2.0, "target": 0.0, "after": 3.0}
EVIDENCE = r"(?s)json /\S+/json/__init__.py.*numpy /\S+/numpy/__init__.py.*random /\S+/random.py"
