"""Cells added between the questions, which change what the checks would use."""

import json

from tests.attacks.file_attacks import NO_ANSWER, with_cells

CHEAT = """
class Yes(float):
    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = lambda *_: True
    __hash__ = float.__hash__
def target(f, x):
    return Yes(), Yes()
assert_close = expect_tuple = lambda *_: (Yes(), Yes())
print("between")
"""


def hand_in(folder, honest):
    notebook = json.loads(with_cells([], NO_ANSWER))
    for place in (6, 5, 4, 3, 2):
        cell = {"cell_type": "code", "metadata": {}, "source": CHEAT}
        notebook["cells"].insert(place, cell)
    (folder / honest.name).write_text(json.dumps(notebook))


EARNED = {"before": 2.0, "target": 0.0, "after": 3.0}
EVIDENCE = r"(?s)(between.*){5}"
