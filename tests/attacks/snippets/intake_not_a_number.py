"""Numbers that JSON does not have, or that Python refuses to read, wherever one may stand."""

import json

from tests.attacks.file_attacks import NO_ANSWER, with_cells


def hand_in(folder, honest):
    notebook = json.loads(with_cells([("code", "print('it ran')")], NO_ANSWER))
    notebook |= {"nbformat": "HERE", "metadata": {"kernelspec": "HERE", "x": ["HERE"] * 9}}
    for cell in notebook["cells"]:
        cell |= {"execution_count": "HERE", "attachments": "HERE"}
        cell["metadata"].setdefault("nbgrader", {}).update(points="HERE", schema_version="HERE")
    text = json.dumps(notebook)
    for number in ("NaN", "-Infinity", "9" * 5000, "1e999"):
        text = text.replace('"HERE"', number, text.count('"HERE"') // 2 + 1)
    (folder / honest.name).write_text(text)


EARNED = {"before": 2.0, "target": 0.0, "after": 3.0}
EVIDENCE = "it ran"
