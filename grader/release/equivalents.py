"""The list of mutants that are as right as the solution, each with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from grader.course.folder import EQUIVALENTS
from grader.errors import BuildError
from grader.release.variants import Variant

__all__ = ["equivalents", "is_equivalent", "unlisted"]


def equivalents(path: Path) -> dict[str, Any]:
    """Read an equivalent_mutants.yml; without one, nothing is listed.

    Args:
        path: the file.

    Returns:
        By function, the reason for all of its mutants or a mapping from change to reason.

    Raises:
        BuildError: it cannot be read.
    """
    if not path.exists():
        return {}
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BuildError(f"{path}: cannot be read: {str(error).splitlines()[0]}; fix it") from None
    is_right = isinstance(data, dict) and all(
        isinstance(value, str) or (isinstance(value, dict) and all(map(_is_text, value.items())))
        for value in data.values()
    )
    if not is_right:
        raise BuildError(
            f"{path}: each function needs a reason, or a mapping from mutant to reason"
        )
    return data


def _is_text(pair: tuple[Any, Any]) -> bool:
    return all(isinstance(item, str) and item.strip() for item in pair)


def is_equivalent(variant: Variant, listed: Mapping[str, Any]) -> bool:
    """Whether a variant is a mutant that is listed as equivalent.

    Args:
        variant: the variant.
        listed: what `equivalents` returned.
    """
    entry = listed.get(variant.function)
    return isinstance(entry, str) or (isinstance(entry, dict) and variant.id in entry)


def unlisted(variants: Collection[Variant], listed: Mapping[str, Any]) -> Iterator[str]:
    """Entries for which there is no mutant, each as a line with its remedy.

    Args:
        variants: all variants of the assignment.
        listed: what `equivalents` returned.
    """
    known: dict[str, set[str]] = {}
    for variant in variants:
        known.setdefault(variant.function, set()).add(variant.id)
    for function, entries in listed.items():
        names = entries if isinstance(entries, dict) else {}
        for name in [name for name in names if name not in known.get(function, ())]:
            yield f"{EQUIVALENTS}: {function}: {name}: there is no such mutant; remove it"
        if function not in known:
            yield f"{EQUIVALENTS}: {function}: there is no such function; remove it"
