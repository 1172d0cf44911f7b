from __future__ import annotations

from grader.desk.bundles import Bundles
from tests.kit.desk import TestDesk


def test_an_assignment_is_read_again_only_when_one_of_its_files_changes(desk: TestDesk) -> None:
    bundles, now = Bundles(), desk.files.now()
    first = bundles.of(now, "tiny")
    assert bundles.of(now, "tiny") is first
    tests = desk.course.solution_dir("tiny") / "hidden_tests.py"
    tests.write_text(tests.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    changed = bundles.of(now, "tiny")
    assert changed.digest != first.digest
    (desk.course.release_dir("tiny") / "helper.txt").write_text("new", encoding="utf-8")
    assert bundles.of(now, "tiny").files.keys() == {*changed.files, "helper.txt"}


def test_a_change_of_the_course_counts_at_once(desk: TestDesk) -> None:
    bundles = Bundles()
    first = bundles.of(desk.files.now(), "tiny")
    path = desk.course.root / "course.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("seed: 7", "seed: 8"), "utf-8")
    assert bundles.of(desk.files.now(), "tiny").seed == first.seed + 1
