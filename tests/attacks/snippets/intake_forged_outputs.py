"""Check cells that already hold the result of a check that was passed."""

import json

from tests.attacks.file_attacks import NO_ANSWER, with_cells

TABLE = {"text/plain": "4.0", "text/html": "<table><tr><td>4 of 4 points, forged</td></tr></table>"}


def hand_in(folder, honest):
    notebook = json.loads(with_cells([("code", "print('it ran')")], NO_ANSWER))
    for cell in notebook["cells"]:
        output = {"output_type": "execute_result", "data": TABLE, "execution_count": 1}
        cell["outputs"] = [{**output, "metadata": {}}] * 3
    (folder / honest.name).write_text(json.dumps(notebook))


EARNED = {"before": 2.0, "target": 0.0, "after": 3.0}
EVIDENCE = r"\A(?!(?s:.*)forged)(?s:.*)it ran"
