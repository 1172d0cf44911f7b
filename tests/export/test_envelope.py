from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.errors import UsageError
from grader.export.envelope import sender_of
from tests.kit.course import COURSE_YML, write_course


def test_the_sender_is_named_in_course_yml(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    with pytest.raises(UsageError, match="no address of the sender; write mail:"):
        sender_of(course)
    (tmp_path / "course.yml").write_text(
        COURSE_YML + "contact: the office\nmail: {sender: 'Ada Abara <ada@example.edu>'}\n"
    )
    assert str(sender_of(Course.load(tmp_path))) == "Ada Abara <ada@example.edu>"
