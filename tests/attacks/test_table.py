"""docs/security.md says how many attacks of each kind there are."""

from __future__ import annotations

import re

from tests.attacks.box_attacks import KINDS, load_attacks, snippets
from tests.kit.files import ROOT

ROW = re.compile(r"^\| `(\w+)` \| (\d+) \| (.*?) \|", re.MULTILINE)


def test_the_table_by_kind_counts_every_attack() -> None:
    rows = ROW.findall((ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
    counts = {kind: int(count) for kind, count, _ in rows}
    kinds = (*KINDS, "intake", "report", "download", "giveback")
    assert counts == {kind: len(snippets(kind)) for kind in kinds}
    hazards = sum(attack.kind == "exhaust" and bool(attack.hazard) for attack in load_attacks())
    assert f"both tiers; {hazards} also as the owner" in {where for _, _, where in rows}
