"""Submissions are repaired if the repair is certain; others are rejected with a reason."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.ids import is_safe_student
from grader.course.settings import Course
from grader.errors import UsageError
from grader.intake.submissions import Submission, find_submissions, read_submission, with_content
from grader.locale import translations
from grader.locale.translations import in_language
from grader.notebook import dumps
from grader.results import NoteKind
from tests.kit.notebooks import answered
from tests.kit.pseudo import LANGUAGE, pseudo, write_translation
from tests.kit.submissions import (
    ALL,
    FORWARD,
    NAMES,
    RELEASE,
    handed_in,
    protected,
    read_only_one,
    repaired,
    source,
    told,
    write_bare_course,
)


def as_data() -> Any:
    """A file as Jupyter saves it, read as plain JSON."""
    return json.loads(dumps({**answered(RELEASE, **ALL), "nbformat_minor": 5}))


def from_format_3(document: Any) -> bytes:
    cells = [
        {**cell, "input": cell["source"], "language": "python", "prompt_number": 3}
        if cell["cell_type"] == "code"
        else cell
        for cell in document["cells"]
    ]
    for cell in cells:
        cell.pop("source") if cell["cell_type"] == "code" else None
        cell.pop("id")
    sheets = [{"cells": cells[:4], "metadata": {}}, {"cells": cells[4:]}]
    old = {"worksheets": sheets, "metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0}
    return json.dumps(old).encode()


def from_format_4_0(document: Any) -> bytes:
    for cell in document["cells"]:
        del cell["id"]
    return json.dumps({**document, "nbformat_minor": 0}).encode()


def with_windows_line_ends(document: Any) -> bytes:
    for cell in document["cells"]:
        cell["source"] = [line.replace("\n", "\r\n") for line in cell["source"]]
    return json.dumps(document, indent=1).replace("\n", "\r\n").encode()


def with_old_mac_line_ends(document: Any) -> bytes:
    for cell in document["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r")
    return json.dumps(document).encode()


def with_odd_values(document: Any) -> bytes:
    """NaN, numbers too long for Python, and a key that is given twice."""
    document["metadata"] = {"a": 1, "x": "HERE"}
    for cell in document["cells"]:
        cell["metadata"] |= {"x": "HERE"}
        cell["execution_count"] = "HERE"
    text = json.dumps(document).replace('"x": "HERE"', '"x": NaN, "x": -Infinity, "y": [1e999]')
    return text.replace('"HERE"', "9" * 5000).encode()


def from_colab(document: Any) -> bytes:
    for cell in document["cells"]:
        cell["metadata"] = {"id": cell.pop("id"), "colab": {"base_uri": "https://localhost:8080/"}}
    return json.dumps({**document, "metadata": {"colab": {"provenance": []}}}).encode()


def from_vs_code(document: Any) -> bytes:
    for number, cell in enumerate(document["cells"]):
        cell["metadata"] = {"vscode": {"languageId": "python"}}
        cell["id"] = f"{number:08x}"
    return json.dumps({**document, "metadata": {"kernelspec": {"name": ".venv"}}}).encode()


def with_wrong_kernel(document: Any) -> bytes:
    kernel = {"display_name": "C:\\Users\\zoe\\env", "name": "julia-1.9", "language": "julia"}
    return json.dumps({**document, "metadata": {"kernelspec": kernel}}).encode()


def with_forgeries(document: Any) -> bytes:
    """Forged outputs, points and locks, and large numbers of them."""
    passed = {"output_type": "execute_result", "data": {"text/plain": "9"}, "execution_count": 1}
    for cell in document["cells"]:
        cell["metadata"].setdefault("nbgrader", {}).update(points=900, locked=False, checksum="0")
        cell["metadata"]["bomb"] = ["x" * 100] * 1000
        if cell["cell_type"] == "code":
            cell |= {"outputs": [passed] * 100, "attachments": {"a.png": {"image/png": "iVBO"}}}
    return json.dumps(document).encode()


def with_text_as_one_string(document: Any) -> bytes:
    for cell in document["cells"]:
        cell["source"] = "".join(cell["source"])
    return json.dumps(document).encode()


def with_escaped_surrogates(document: Any) -> bytes:
    """A surrogate pair becomes a character; a single half is replaced by a visible mark."""
    for cell in document["cells"]:
        cell["metadata"]["lone"] = "\ud800"
    return json.dumps(document, ensure_ascii=True).encode()


EDITORS = [
    from_format_3,
    from_format_4_0,
    with_windows_line_ends,
    with_old_mac_line_ends,
    with_odd_values,
    from_colab,
    from_vs_code,
    with_wrong_kernel,
    with_forgeries,
    with_text_as_one_string,
    with_escaped_surrogates,
    lambda document: b"\xef\xbb\xbf" + json.dumps(document, ensure_ascii=False).encode(),
    lambda document: json.dumps(document, ensure_ascii=False).encode("utf-16"),
    lambda document: b"\xfe\xff" + json.dumps(document).encode("utf-16-be"),
]


@pytest.mark.parametrize("edit", EDITORS)
def test_whatever_an_editor_makes_of_a_notebook_the_answers_are_the_same(course, edit):
    handed_in(course, "zoe", edit(as_data()))
    intake = read_only_one(course)
    assert intake.notebook == answered(RELEASE, **ALL)
    recognised = edit is from_vs_code
    assert ["had lost their labels" in note for note in told(intake)] == [True] * recognised


def test_lone_surrogates_in_an_answer_become_something_that_can_be_stored(course):
    data = dumps(answered(RELEASE, forward="PLACE")).replace("PLACE", "x = '\\ud800'").encode()
    handed_in(course, "zoe", data)
    assert source(read_only_one(course).notebook, "forward") == "x = '\ufffd'"


KEYS = st.sampled_from(
    "cells cell_type source metadata nbgrader grade_id solution id attachments outputs "
    "worksheets input level nbformat kernelspec".split()
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | NAMES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text() | KEYS, inner, max_size=4)
    ),
    max_leaves=8,
)


def places(document: Any) -> list[tuple[Any, Any]]:
    """Every container in a JSON document, with each of its keys."""
    keys = document.keys() if isinstance(document, dict) else range(len(document))
    found = [(document, key) for key in keys]
    for key in keys:
        if isinstance(document[key], dict | list):
            found += places(document[key])
    return found


@pytest.mark.slow
@given(st.data())
def test_any_change_to_the_json_ends_in_an_intake(tmp_path_factory, data):
    """Replace, remove, repeat or move a part; cut the text off; or flip a byte."""
    document = as_data()
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(document)))
        change = data.draw(st.sampled_from(["replace", "remove", "repeat", "move"]))
        if change == "replace":
            container[key] = data.draw(JSON)
        elif change == "remove":
            del container[key]
        elif isinstance(container, list):
            part = container[key] if change == "repeat" else container.pop(key)
            container.insert(data.draw(st.integers(0, len(container))), deepcopy(part))
        if not places(document):
            break
    raw = bytearray(json.dumps(document).encode())
    if data.draw(st.integers(0, 3)) == 0:
        del raw[data.draw(st.integers(0, len(raw) - 1)) :]
    elif data.draw(st.integers(0, 3)) == 0:
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path_factory.mktemp("any") / "net.ipynb"
    path.write_bytes(raw)
    intake = read_submission(Submission("zoe", "net", path), RELEASE)
    assert (intake.notebook is None) == bool(intake.rejection)
    if intake.notebook is not None:
        assert protected(repaired(intake)) == protected(RELEASE)
        dumps(repaired(intake)).encode()
    assert all(text.isprintable() for text in (*told(intake), intake.rejection or ""))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_bare_course(tmp_path)


def test_submissions_are_listed_by_student(course):
    for student in ("zoe", "adam"):
        handed_in(course, student)
    (course.submitted_dir / "zoe" / "other").mkdir()
    (course.submitted_dir / "README").write_text("not a student")
    assert [s.student for s in find_submissions(course, "net")] == ["adam", "zoe"]
    assert [s.student for s in find_submissions(course, "net", ["zoe"])] == ["zoe"]


def test_no_submissions_at_all_is_an_empty_list(course):
    assert find_submissions(course, "net") == []


def test_asking_for_a_student_without_submission_is_wrong_use(course):
    handed_in(course, "zoe")
    with pytest.raises(UsageError, match="adam"):
        find_submissions(course, "net", ["adam"])


def test_a_renamed_notebook_is_graded_with_a_note(course):
    handed_in(course, "zoe", name="net (1)")
    intake = read_only_one(course)
    assert intake.notebook == answered(RELEASE, forward=FORWARD)
    assert told(intake) == ("Your notebook is named net (1).ipynb; it was graded as net.ipynb.",)


def test_the_right_name_wins_over_other_notebooks(course):
    handed_in(course, "zoe")
    handed_in(course, "zoe", b"junk", name="scratch")
    assert told(read_only_one(course)) == (
        "You handed in several notebooks. net.ipynb was graded. Not graded: scratch.ipynb.",
    )


def test_several_renamed_notebooks_are_not_chosen_from(course):
    handed_in(course, "zoe", name="a")
    handed_in(course, "zoe", name="b")
    assert "There are 2 notebooks, but none is named net.ipynb" in read_only_one(course).rejection


def test_an_empty_folder_is_rejected(course):
    handed_in(course, "zoe").unlink()
    assert read_only_one(course).rejection == "The notebook net.ipynb is missing."


@pytest.mark.parametrize(
    "student", [".zoe", "-zoe", "=1+1", "zoé", "a b", "x" * 65, "a\nb", "@zoe"]
)
def test_student_ids_outside_the_safe_alphabet_are_rejected(course, student):
    handed_in(course, student)
    assert "student id" in read_only_one(course).rejection


def test_a_file_name_outside_the_safe_alphabet_is_rejected(course):
    handed_in(course, "zoe", name="<script>")
    assert "file name" in read_only_one(course).rejection


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"{}", b"[" * 100_000, b"null"])
def test_what_is_no_notebook_is_rejected(course, content):
    handed_in(course, "zoe", content)
    assert "cannot be read" in read_only_one(course).rejection


def test_sizes_are_bounded(course, monkeypatch):
    handed_in(course, "zoe")
    monkeypatch.setattr("grader.intake.reading.MAX_CELLS", 5)
    assert "more than 5 cells" in read_only_one(course).rejection
    monkeypatch.setattr("grader.intake.reading.MAX_BRACKETS", 5)
    assert "far more parts" in read_only_one(course).rejection
    monkeypatch.setattr("grader.intake.submissions.MAX_BYTES", 50)
    assert "larger than" in read_only_one(course).rejection


def test_the_digest_follows_the_content_and_never_fails(course):
    path = handed_in(course, "zoe")
    (submission,) = find_submissions(course, "net")
    before = with_content(submission).digest
    assert with_content(submission).digest == before
    path.write_bytes(b"other")
    changed = with_content(submission).digest
    path.unlink()
    path.symlink_to("/dev/zero")
    assert len({before, changed, with_content(submission).digest}) == 3


def linked_file(path: Path, victim: Path) -> None:
    path.unlink()
    path.symlink_to(victim)


def linked_folder(path: Path, victim: Path) -> None:
    path.unlink()
    path.parent.rmdir()
    path.parent.symlink_to(victim.parent, target_is_directory=True)


def linked_student(path: Path, victim: Path) -> None:
    path.unlink()
    path.parent.rmdir()
    path.parent.parent.rmdir()
    path.parent.parent.symlink_to(victim.parent.parent, target_is_directory=True)


@pytest.mark.parametrize("link", [linked_file, linked_folder, linked_student])
def test_links_to_another_submission_are_rejected(course, link):
    victim = handed_in(course, "adam")
    link(handed_in(course, "mallory"), victim)
    adam, mallory = find_submissions(course, "net")
    assert read_submission(adam, RELEASE).rejection is None
    assert "link" in (read_submission(mallory, RELEASE).rejection or "")


def test_a_hard_link_is_an_ordinary_file(course):
    path = handed_in(course, "zoe")
    os.link(path, course.root / "elsewhere")
    assert read_only_one(course).rejection is None


@pytest.mark.parametrize(
    "make_special", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")]
)
def test_what_is_no_ordinary_file_is_rejected(course, make_special):
    path = handed_in(course, "zoe")
    path.unlink()
    make_special(path)
    assert "ordinary file" in read_only_one(course).rejection


def socket_file(path: Path) -> None:
    os.mknod(path, stat.S_IFSOCK)


def loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make_special", [os.mkfifo, socket_file, loop, os.mkdir, Path.touch])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_no_level_of_the_path_may_be_anything_odd(course, make_special, level):
    """An odd file in place of the notebook or a folder neither hangs nor stops a class."""
    handed_in(course, "adam")
    path = handed_in(course, "mallory")
    odd = [path, *path.parents][level]
    shutil.rmtree(odd) if odd.is_dir() else odd.unlink()
    make_special(odd)
    found = {s.student: read_submission(s, RELEASE) for s in find_submissions(course, "net")}
    assert found["adam"].rejection is None
    assert level == 2 or found["mallory"].rejection
    assert not found.get("mallory", found["adam"]).notes


def test_a_time_in_a_fifo_is_unknown(course):
    os.mkfifo(handed_in(course, "zoe").parent / "timestamp.txt")
    assert find_submissions(course, "net")[0].submitted_at is None


def test_a_hundred_gigabytes_are_not_read(course):
    path = handed_in(course, "zoe")
    os.truncate(path, 100 << 30)
    start = time.process_time()
    assert "larger than 16 MiB" in read_only_one(course).rejection
    (submission,) = find_submissions(course, "net")
    assert len(with_content(submission).digest) == 64
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "name",
    [
        b"\x1b[31mred",
        b"a\nb",
        b"a\x7f",
        b"\xff\xfe",
        "\u202egpj".encode(),
        b"[bold]net",
        b"-rf",
        b"=1+1",
        b"x" * 150,
        "né".encode(),
        b"a;b",
        b"$(id)",
    ],
)
def test_unusable_names_are_refused_and_never_repeated(course, name):
    """Try the name for the file, and for the student."""
    file = handed_in(course, "zoe")
    file.rename(file.parent / os.fsdecode(name + b".ipynb"))
    student = handed_in(course, "student").parents[1]
    student.rename(student.parent / os.fsdecode(name))
    for submission in find_submissions(course, "net"):
        refusal = read_submission(submission, RELEASE).rejection or ""
        assert "name cannot be used" in refusal or "cannot be a student id" in refusal
        assert refusal.isascii()
        assert refusal.isprintable()
        assert is_safe_student(submission.student)
        assert len(with_content(submission).digest) == 64


@pytest.mark.slow
def test_a_hundred_thousand_cells_are_rejected(course):
    cells = [{"cell_type": "code", "source": "1"}] * 100_000
    handed_in(course, "zoe", json.dumps({"cells": cells}).encode())
    assert "more than 2000 cells" in read_only_one(course).rejection


@pytest.mark.parametrize(
    "data",
    [
        b'{"cells": {"0": {"cell_type": "code"}}}',
        b'{"cells": 10}',
        b'{"worksheets": {}}',
        b'{"cells": [' + b'{"metadata": ' * 5000,
        b'{"cells": ' + b"[" * 999_999 + b"]" * 999_999 + b"}",
        b'{"cells": []} trailing',
        b"<html>Please log in</html>",
        "{'cells': []}".encode("utf-32"),
        b'{"cells": [\n<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs\n]}',
    ],
)
def test_what_only_looks_like_a_notebook_is_rejected(course, data):
    handed_in(course, "zoe", data)
    assert "cannot be read: " in read_only_one(course).rejection


def test_a_notebook_anywhere_else_can_be_read_too(tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real" / "mine.ipynb").write_text(dumps(RELEASE))
    for path in (tmp_path / "link" / "mine.ipynb", Path("mine.ipynb")):
        monkeypatch.chdir(tmp_path / "real")
        intake = read_submission(Submission("me", "net", path), RELEASE)
        assert intake.notebook == RELEASE


@given(st.binary(max_size=200))
def test_any_bytes_end_in_an_intake(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "net.ipynb"
    path.write_bytes(data)
    intake = read_submission(Submission("zoe", "net", path), RELEASE)
    assert (intake.notebook is None) == (intake.rejection is not None)


def test_a_refusal_is_said_in_the_language_of_who_reads_and_its_digest_is_the_same_in_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_translation(tmp_path / "translations")
    monkeypatch.setattr(translations, "FOLDER", tmp_path / "translations")
    absent = Submission("ada", "net", tmp_path / "ada" / "net" / "net.ipynb")
    english = with_content(absent)
    with in_language(LANGUAGE):
        other = with_content(absent)
        said = pseudo("The notebook {expected} is missing.").format(expected="net.ipynb")
        assert read_submission(english, RELEASE).rejection == said
    assert other == english
    assert read_submission(other, RELEASE).rejection == "The notebook net.ipynb is missing."


@pytest.mark.parametrize("beside", ["Copy of net", "net (1)", "net-Copy1", "net_final", "work"])
def test_a_notebook_as_released_beside_one_with_answers_is_passed_over(tmp_path, beside):
    course = write_bare_course(tmp_path)
    release_by_hand_of(course)
    handed_in(course, "ada", dumps(RELEASE).encode())
    handed_in(course, "ada", name=beside)
    intake = read_only_one(course)
    assert intake.notebook == answered(RELEASE, forward=FORWARD)
    assert told(intake) == (
        f"You handed in several notebooks. {beside}.ipynb was graded. Not graded: net.ipynb.",
        f"Your notebook is named {beside}.ipynb; it was graded as net.ipynb.",
    )
    assert intake.notes[0].kind is NoteKind.PASSED_OVER


@pytest.mark.parametrize("content", [dumps(RELEASE).encode(), b"no notebook"])
def test_of_several_notebooks_the_one_with_answers_is_graded_and_the_others_told(tmp_path, content):
    course = write_bare_course(tmp_path)
    release_by_hand_of(course)
    handed_in(course, "ada")
    before = with_content(find_submissions(course, "net")[0]).digest
    handed_in(course, "ada", content, name="<old>")
    after = with_content(find_submissions(course, "net")[0]).digest
    intake = read_only_one(course)
    assert intake.notebook == answered(RELEASE, forward=FORWARD)
    assert told(intake) == (
        "You handed in several notebooks. net.ipynb was graded. Not graded: '<old>.ipynb'.",
    )
    assert before != after, "what is passed over later has to be told, too"


def test_of_two_renamed_notebooks_the_only_one_with_answers_is_graded(tmp_path):
    course = write_bare_course(tmp_path)
    release_by_hand_of(course)
    handed_in(course, "ada", dumps(RELEASE).encode(), name="a")
    handed_in(course, "ada", name="b")
    assert read_only_one(course).notebook == answered(RELEASE, forward=FORWARD)


def release_by_hand_of(course):
    """Write the release where the course has it."""
    folder = course.release_dir("net")
    folder.mkdir(parents=True)
    (folder / "net.ipynb").write_text(dumps(RELEASE), encoding="utf-8")


def test_what_a_teacher_has_among_the_submissions_is_none(course):
    for name in ("ada", "pat"):
        handed_in(course, name)
    course.roster_path.write_text("id,role\nada,\npat,assistant\n", encoding="utf-8")
    assert [s.student for s in find_submissions(course, "net")] == ["ada"]
