"""course.yml as plain keys and values, or one line that says what is wrong in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from grader.errors import CourseError

__all__ = ["read_yaml"]


class _Loader(yaml.SafeLoader):
    """A YAML loader that refuses a key given twice; PyYAML itself takes the last in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key, _ in node.value:
            if keys.count(key.value) > 1:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} is given twice", problem_mark=key.start_mark
                )
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> dict[str, Any]:
    """The keys and values of a YAML file.

    Raises:
        CourseError: it is missing or is not YAML. The message is one line that names the place.
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 — a SafeLoader
    except FileNotFoundError:
        remedy = "name the course folder with --course, or make one: grader init DIR"
        raise CourseError(f"{path}: not found; {remedy}") from None
    except (OSError, UnicodeDecodeError) as error:
        problem = f"cannot be read as UTF-8 text ({error}); save it as a UTF-8 file"
        raise CourseError(f"{path}: {problem}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise CourseError(f"{path}: {place}: {problem}; expected valid YAML") from None
    except ValueError as error:  # a date such as 2026-02-30: YAML by form, but not by value
        problem = f"a date or number that does not exist ({error}); correct it"
        raise CourseError(f"{path}: {problem}") from None
    if not isinstance(data, dict):
        raise CourseError(f"{path}: the file must be a mapping with the keys name, seed, …")
    return data
