"""Names with number and name in them: the roster decides, and nobody is taken for another."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.settings import Course
from tests.kit.course import ID, write_course
from tests.kit.downloads import archive, download, put, taken
from tests.kit.marks import first_is_fast

FAMILIES, GIVEN = "李王张刘陈杨赵黄周吴", ["梅", "伟", "小龙", "雪"]
CLASS = {
    f"2026{1001 + 10 * i + k}": (family, given)
    for i, family in enumerate(FAMILIES)
    for k, given in enumerate(GIVEN)
}
MEI, WEI, LONG = list(CLASS)[:3]


def write_roster(course: Course, people: dict[str, tuple[str, str]]) -> None:
    rows = [f"{number},{given},{family}" for number, (family, given) in people.items()]
    text = "\n".join(["id,first_name,last_name", *rows, ""])
    course.roster_path.write_text(text, encoding="utf-8")


def full_width(text: str) -> str:
    table = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if code != ord("/")}
    return text.translate(table)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = write_course(tmp_path / "course")
    write_roster(course, CLASS)
    return course


def zipped(content: str, name: str = f"{ID}.ipynb") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        target.writestr(name, content)
    return file.getvalue()


FORMS: dict[str, Callable[[str, str], str]] = {
    "number-name": lambda number, name: f"{number}-{name}",
    "number_name": lambda number, name: f"{number}_{name}",
    "name-number": lambda number, name: f"{name}-{number}",
    "namenumber": lambda number, name: f"{name}{number}",
    "numbername": lambda number, name: f"{number}{name}",
    "with class and work": lambda number, name: f"计算机1班-{number}-{name}-作业2",
    "brackets": lambda number, name: f"{name}({number})",
    "wide": lambda number, name: full_width(f"{number}({name})"),
    "blanks": lambda number, name: f"{number} {name} 作业",
    "decomposed": lambda number, name: unicodedata.normalize("NFD", f"{number}-{name}"),
    "name only": lambda number, name: f"{name}-作业",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("kind", first_is_fast(["folder", "zip", "notebook"]))
def test_a_class_of_forty_is_found_in_each_form(
    course: Course, tmp_path: Path, form: Callable[[str, str], str], kind: str
) -> None:
    members: dict[str, bytes] = {}
    for number, (family, given) in CLASS.items():
        label = f"第3次作业/{form(number, family + given)}"
        if kind == "zip":
            members[f"{label}.zip"] = zipped(number)
        else:
            end = f"/{ID}.ipynb" if kind == "folder" else ".ipynb"
            members[label + end] = number.encode()
    found, _ = taken(course, archive(tmp_path / "in.zip", members))
    assert found == {number: number for number in CLASS}


def test_a_number_that_contradicts_the_name_is_listed(course: Course, tmp_path: Path) -> None:
    source = download(tmp_path / "in", f"{MEI}-王伟/{ID}.ipynb", f"{LONG}-李小龙/{ID}.ipynb")
    found, said = taken(course, source)
    assert set(found) == {LONG}
    assert "its number is that of" in said


def test_an_unknown_number_is_not_given_to_whoever_has_the_name(
    course: Course, tmp_path: Path
) -> None:
    found, said = taken(course, download(tmp_path / "in", f"20259999-李梅/{ID}.ipynb"))
    assert found == {}
    assert "nobody in the roster has the number 20259999, but its name is that of 20261001" in said


def test_a_longer_number_is_not_taken_for_the_one_in_it(course: Course, tmp_path: Path) -> None:
    found, said = taken(course, download(tmp_path / "in", f"1{MEI}-某人/{ID}.ipynb"))
    assert found == {}
    assert f"1{MEI}-某人: left out" in said


def test_two_of_one_name_need_their_numbers(course: Course, tmp_path: Path) -> None:
    write_roster(course, {MEI: ("李", "梅"), WEI: ("李", "梅")})
    names = [f"{MEI}-李梅/{ID}.ipynb", f"{WEI}李梅/{ID}.ipynb", f"李梅-作业/{ID}.ipynb"]
    found, said = taken(course, download(tmp_path / "in", *names))
    assert found == {MEI: names[0], WEI: names[1]}
    assert f"李梅-作业: left out: {MEI} and {WEI} have this name" in said


def test_what_a_student_names_inside_tells_nothing(course: Course, tmp_path: Path) -> None:
    inner = f"{WEI}-王伟/{ID}.ipynb"
    members = {f"{MEI}-李梅.zip": zipped("mei", inner), f"{LONG}-李小龙.zip": zipped("long")}
    found, _ = taken(course, archive(tmp_path / "in.zip", members))
    assert found == {MEI: "mei", LONG: "long"}


def test_a_zip_in_a_students_zip_and_other_archives_are_listed(
    course: Course, tmp_path: Path
) -> None:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as target:
        target.writestr("mine.zip", zipped("x"))
    put(tmp_path / "in", f"{LONG}-李小龙/{ID}.ipynb", "long")
    (tmp_path / "in" / f"{MEI}-李梅.zip").write_bytes(box.getvalue())
    (tmp_path / "in" / f"{WEI}-李伟.rar").write_bytes(b"Rar!")
    found, said = taken(course, tmp_path / "in")
    assert found == {LONG: "long"}
    assert "mine.zip: left out: a zip in a zip of a zip" in said
    assert f"{WEI}-李伟.rar: left out: cannot be unpacked; unpack it into a folder" in said


def test_a_path_that_climbs_out_of_a_students_zip_is_listed(course: Course, tmp_path: Path) -> None:
    members = {f"{MEI}-李梅.zip": zipped("x", f"../{WEI}/{ID}.ipynb"), f"{WEI}.zip": zipped("wei")}
    found, said = taken(course, archive(tmp_path / "in.zip", members))
    assert found == {WEI: "wei"}
    assert "a path that leads out of the download" in said


def test_without_a_roster_the_only_number_is_the_id(course: Course, tmp_path: Path) -> None:
    course.roster_path.unlink()
    found, _ = taken(course, download(tmp_path / "in", f"{MEI}-李梅.ipynb", f"{WEI}-李伟.ipynb"))
    assert set(found) == {MEI, WEI}
