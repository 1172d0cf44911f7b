"""docs/mistakes.md shows what students really see.

After a change of messages or hints, ``python tests/project/test_mistakes_page.py`` writes the
shown parts anew.
"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import indent, wrap

import pytest
from diagnosis import Trial, Trials

PAGE = Path(__file__).parents[2] / "docs" / "mistakes.md"
SHOWN = re.compile(r"(<!-- shown: (?P<name>.+?) -->\n\n).*?(?=\n\n(?! {4}))", re.DOTALL)


def seen(trials: Trials, name: str) -> str:
    """What the student sees of a catalogued mistake, of two in a step, or of one after another."""
    question = name.split(".")[0]
    by_id = {mistake.id: mistake for mistake in trials.catalogue.mistakes}
    if " after " in name:
        earlier, later = (by_id[part].code for part in reversed(name.split(" after ")))
        return in_words(question, trials.judge(question, earlier + later))
    if " and " in name:
        first, second = (by_id[part] for part in name.split(" and "))
        return in_words(question, trials.judge(question, trials.both(first, second)))
    return in_words(question, trials.judge(question, by_id[name].code))


def in_words(question: str, trial: Trial) -> str:
    """A question of a feedback page as indented text."""
    most = sum(check.max_points for check in trial.checks)
    lines = [f"{question}: {trial.points:g} of {most:g} points"]
    lines += [f"Where to look: {hint}" for hint in trial.hints[:1]]
    lines += [f"More hints: {hint}" for hint in trial.hints[1:]]
    for example in trial.examples[:1]:
        lines += ["A small example:", *(f"    {line}" for line in example.code.splitlines())]
        lines += example.told
    lines += trial.follow_through
    for check in trial.checks:
        if not check.passed:
            lines.append(f"✗ {check.claim} ({check.points:g} of {check.max_points:g})")
            lines.append(f"  {check.message}")
    passed = sum(bool(check.passed) for check in trial.checks)
    lines.append(f"✓ {passed} of {len(trial.checks)} checks passed")
    return indent("\n".join(map(_folded, lines)), "    ")


def _folded(line: str) -> str:
    if line.startswith("    "):  # code
        return line
    margin = "  " if line.startswith(("✗", " ")) else ""
    start = margin if line.startswith(" ") else ""
    return "\n".join(wrap(line, 92, initial_indent=start, subsequent_indent=margin))


def written_anew(page: str) -> str:
    """The page with everything that it shows as it is now."""
    with TemporaryDirectory() as folder:
        trials = Trials("two_layer_net", Path(folder))
        return SHOWN.sub(lambda m: m[1] + seen(trials, m["name"]), page)


@pytest.mark.slow
def test_the_page_shows_what_students_see() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert len(SHOWN.findall(page)) >= 3
    assert written_anew(page) == page


if __name__ == "__main__":
    PAGE.write_text(written_anew(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
