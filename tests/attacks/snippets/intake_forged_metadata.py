"""Points, locks and checksums that the student gave to the cells."""

import json

from tests.attacks.file_attacks import NO_ANSWER, with_cells


def hand_in(folder, honest):
    notebook = json.loads(with_cells([("code", "print('it ran')")], NO_ANSWER))
    for cell in notebook["cells"]:
        marks = cell["metadata"].setdefault("nbgrader", {})
        marks |= {"points": 900, "grade": True, "locked": False, "checksum": "0" * 32}
    notebook["metadata"]["nbgrader"] = {"score": 900, "max_score": 9}
    (folder / honest.name).write_text(json.dumps(notebook))


EARNED = {"before": 2.0, "target": 0.0, "after": 3.0}
EVIDENCE = "it ran"
