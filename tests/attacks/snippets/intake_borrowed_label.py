"""Answer cells that carry the labels of other questions, of checks, and of each other."""

import json

from tests.attacks.file_attacks import NO_ANSWER, with_cells


def hand_in(folder, honest):
    notebook = json.loads(with_cells([], NO_ANSWER))
    cells = {
        cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in notebook["cells"]
    }
    cells["target"]["metadata"]["nbgrader"] |= {"grade_id": "test_before", "grade": True}
    cells["test_target"]["metadata"]["nbgrader"] |= {"grade_id": "after", "solution": True}
    cells["test_after"]["metadata"]["nbgrader"] |= {"grade_id": "before", "solution": True}
    notebook["cells"].append({**cells["before"], "source": "assert callable(before)"})
    (folder / honest.name).write_text(json.dumps(notebook))


EARNED = {"before": 2.0, "target": 0.0, "after": 3.0}
EVIDENCE = "The answer cells before, after are in your notebook more than once"
