"""Every system with every roster: whose work is found, and whose page and score come back.

    python benchmarks/circle.py [--systems Canvas,Moodle] [--markdown]

A class of forty goes round once for each pair: export of the system, `grader roster`, download,
`grader collect`, scores into the system's file, pages given back. The notebooks are graded once.
Prints one JSON object: by system and roster, how many students (or teams) handed in, how many were
found, listed with a reason, or lost, how many pages and scores reached their owner, and what was
confused. With --markdown, prints the table of docs/circle.md. It takes about three minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.kit.canvas_circle import canvas_circle  # noqa: E402
from tests.kit.circle import SYSTEMS, Counts, Graded, circle, graded_class, table  # noqa: E402
from tests.kit.classes import NASTY  # noqa: E402


def main() -> None:
    """Go round with each pair, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--systems", default="", help="beginnings of names; all without them")
    parser.add_argument("--markdown", action="store_true", help="print a table")
    options = parser.parse_args()
    wanted = tuple(options.systems.split(","))
    with tempfile.TemporaryDirectory() as folder:
        graded = graded_class(Path(folder))
    rounds = {name: go for name, go in all_rounds().items() if name.startswith(wanted)}
    found = {
        (name, nasty): once(go, nasty, graded) for name, go in rounds.items() for nasty in NASTY
    }
    if options.markdown:
        print(table(found))
    else:
        told = {f"{name} · {nasty}": counts.as_data() for (name, nasty), counts in found.items()}
        print(json.dumps(told, indent=1, ensure_ascii=False))
    sys.exit(any(counts.confused or counts.lost for counts in found.values()))


def all_rounds() -> dict[str, Callable[[str, Graded, Path], Counts]]:
    """How to go round, by system."""
    by_files = {name: by_file(name) for name in SYSTEMS}
    return {
        "Canvas, interface": canvas_circle,
        "Canvas, anonymous": partial(canvas_circle, is_anonymous=True),
        **by_files,
    }


def by_file(name: str) -> Callable[[str, Graded, Path], Counts]:
    """The round of a system whose files go out and come back."""
    return lambda nasty, graded, folder: circle(SYSTEMS[name], nasty, graded, folder)


def once(go: Callable[[str, Graded, Path], Counts], nasty: str, graded: Graded) -> Counts:
    """One round in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return go(nasty, graded, Path(folder))


if __name__ == "__main__":
    main()
