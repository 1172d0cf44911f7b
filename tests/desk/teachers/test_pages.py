"""The class on one page: who has handed in, points, mistakes, sections."""

from __future__ import annotations

import re

from tests.kit.course import make_source
from tests.kit.desk import TestDesk, give_results


def text_of(page: str) -> str:
    """What people read, on one line."""
    body = page.partition("<body")[2]
    return " ".join(re.sub("<[^>]*>", " ", body).split())


def test_the_class_is_told_at_a_glance(taught: TestDesk) -> None:
    ada = taught.browser("ada")
    assert "2 of 2 Queue 2 waiting, 0 being graded Points –" in text_of(ada.get("/class").text)
    running = taught.receipts.take()
    assert running
    assert "1 waiting, 1 being graded" in text_of(ada.get("/class/tiny").text)
    taught.receipts.end([running], "done")
    give_results(taught, "farah", "mira")
    page = text_of(ada.get("/class/tiny").text)
    assert "0 waiting, 0 being graded Points median 4 of 9" in page
    assert "Al-Sayed, Farah Mon" in page and "Lange, Mira Tue" in page


def test_a_class_is_filtered_by_section_and_put_in_order(taught: TestDesk) -> None:
    give_results(taught, "farah")
    give_results(taught, "mira", score=1.0)
    ada = taught.browser("ada")
    page = ada.get("/class/tiny?section=mon").text
    assert "Farah" in page and "Mira" not in page and "1 of 1" in page
    assert "1 of 1" in ada.get("/class?section=mon").text
    assert "2 of 2" in ada.get("/class?section=%3Cscript%3E").text
    rows = [ada.get(f"/class/tiny?order={order}").text for order in ("name", "points", "x")]
    assert [row.rfind("Farah") < row.rfind("Mira") for row in rows] == [True, False, True]


def test_what_changes_on_disk_is_seen_at_the_next_look(taught: TestDesk) -> None:
    give_results(taught, "farah", "mira")
    ada = taught.browser("ada")
    assert "median 4 of 9" in text_of(ada.get("/class").text)
    give_results(taught, "farah", "mira", score=2.0)
    assert "median 2 of 9" in text_of(ada.get("/class").text)
    taught.browser("farah").hand_in(make_source())
    page = text_of(ada.get("/class/tiny?order=time").text)
    assert re.search(r"Al-Sayed, Farah Mon [-\d]+ [:\d]+ 2 waiting", page)


def test_late_work_and_work_without_a_result_are_marked(taught: TestDesk) -> None:
    give_results(taught, "mira")
    folder = taught.course.submitted_dir / "mira" / "tiny"
    (folder / "timestamp.txt").write_text("2099-01-01 00:00:00 UTC", encoding="utf-8")
    ada = taught.browser("ada")
    page = text_of(ada.get("/class/tiny").text)
    assert "lies in the future" in page
    (folder / "timestamp.txt").write_text("2021-01-01 00:00:00 UTC", encoding="utf-8")
    path = taught.course.root / "course.yml"
    path.write_text(re.sub("due: .*", "due: 2020-01-01T00:00:00Z", path.read_text()))
    assert "2 of 2, 1 late" in text_of(ada.get("/class/tiny").text)


def test_names_of_the_roster_are_text_on_the_class_page(taught: TestDesk) -> None:
    text = "id,first_name,section,role\nada,,,teacher\nx,<script>alert(1)</script>,<b>s,\ny,,Q,\n"
    taught.course.roster_path.write_text(text, encoding="utf-8")
    page = taught.browser("ada").get("/class/tiny").text
    assert "<script>alert" not in page and "<b>s" not in page and "&lt;b&gt;s" in page
