"""A hundred thousand cells, each of which would be executed."""

import json


def hand_in(folder, honest):
    notebook = json.loads(honest.read_text(encoding="utf-8"))
    notebook["cells"] += [{"cell_type": "code", "metadata": {}, "source": "1"}] * 100_000
    (folder / honest.name).write_text(json.dumps(notebook))


EVIDENCE = "more than 2000 cells"
