"""Locked check cells, changed so that they pass, return points or define the answer."""

import json

from tests.attacks.file_attacks import NO_ANSWER, with_cells

FORGED = (
    "import numpy as np\ndef target(f, x):\n    return np.array([f(v) for v in x]), x.sum()\n4.0"
)


def hand_in(folder, honest):
    notebook = json.loads(with_cells([], NO_ANSWER))
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["source"] = FORGED
    (folder / honest.name).write_text(json.dumps(notebook))


EARNED = {"before": 2.0, "target": 0.0, "after": 3.0}
EVIDENCE = "The cells test_before, test_target, test_after are not answer cells"
