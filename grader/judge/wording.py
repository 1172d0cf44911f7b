"""What the judge's claims, messages, hints and remarks say, by key, in the language of the course.

An assignment's `messages.yml` holds its sentences, a block for each language. What a block lacks
is said in English, from the block `en` or from `GENERIC` below; a block may translate these too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import yaml

from grader.errors import JudgeError

__all__ = ["GENERIC", "Wording", "all_hints", "say", "speaking", "unknown_keys"]

GENERIC = {
    # what stands where something else is expected
    "not_an_array": "{name} should be a numpy array, but it is {found}",
    "not_a_number": "{name} should be a single number, but it is {found}",
    "enormous_int": "{name} should be a number, but it is an enormous int",
    "not_values": "{name} should be {count} values, but it is {found}",
    "other_count": "{name} should be {count} values, but there are {found}",
    "not_a_dict": "{name} should be a dict, but it is {found}",
    "no_key": "{name} lacks the key {key!r}",
    "other_kind": "{name} should hold {kind}, but its dtype is {dtype}",
    "other_shape": "{name} should have shape {shape}, but it has {found}",
    "ragged": "{name} should have shape {shape}, but its rows differ in length",
    "not_finite": "{name} is {found}, where a number belongs",
    "nothing_to_compare": "{name} has no finite value to compare with",
    "other_number": "{name} should be {expected}, but it is {found}",
    "other_numbers": "{name} should be {expected}, but it is {found} (the largest difference; "
    "{wrong} of {count} entries are wrong)",
    "changed": "{name} was changed by the call; work on a copy instead",
    "unreadable": "{name} gave an answer that cannot be read",
    # kinds of values
    "kind_f": "real numbers",
    "kind_i": "integers",
    "kind_b": "booleans",
    "kind_c": "complex numbers",
    "a_none": "None (is a return statement missing?)",
    "an_array": "an array of shape {shape}",
    "a_collection": "a {type} of {count} items",
    "a_special_number": "the number {value}",
    "a_type": "of type {type}",
    # simple forms of wrong numbers
    "form": "{name}: {form}",
    "form_not_finite": "nan or inf comes out; look for an overflow, a division by zero or a log "
    "of zero.",
    "form_overflow": "nan or inf comes out for large numbers only; which step overflows for them?",
    "form_ignores": "right where {argument} is 0, and the same elsewhere. What should {argument} "
    "change?",
    "form_superfluous": "right where {argument} is 0. Elsewhere {argument} adds something that "
    "does not belong.",
    "form_adds_factor": "right where {argument} is 0, and wrong elsewhere: what {argument} adds "
    "is {factor}.",
    "form_adds_other": "right where {argument} is 0, and wrong elsewhere: what {argument} adds "
    "is not what it should be.",
    "form_first_row": "only the first row is right; does the step use every row?",
    "form_first_rows": "only the first {count} rows are right; does the step use every row?",
    "form_not_last_row": "every row is right but the last; look at where the loop or slice ends.",
    "form_not_first_row": "every row is right but the first; look at where the loop or slice "
    "starts.",
    "form_some_rows": "some rows are right and some are wrong; compare one of each.",
    "form_transposed": "the numbers are right, but rows and columns are exchanged.",
    "form_shape": "the numbers are right, but the shape is {shape} instead of {expected}.",
    "form_axes": "the numbers are right, but their axes are in another order: the shape is "
    "{shape} instead of {expected}.",
    "form_axis": "the shape is {shape} instead of {expected}, and the total is right; along which "
    "axis do you add up?",
    "form_factor": "every number is {factor}.",
    "factor_N": "N times too large (is the mean over the rows taken?)",
    "factor_one_N": "N times too small (is the mean over the rows taken twice?)",
    "factor_sign": "of the wrong sign",
    "factor_2": "twice as large as it should be",
    "factor_half": "half as large as it should be",
    "factor_any": "{factor:.4g} times what it should be",
}
BLOCKS = ("claims", "hints", "remarks", "generic")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # where there is C, ten times as quick


@dataclass(frozen=True)
class Wording:
    """The sentences of one assignment in one language, English where there is no other.

    Args:
        claims: what a hidden test asks for, by its name; else its docstring says it.
        hints: where to look, by the id of a mistake; else `mistakes.py` says it.
        remarks: what hidden tests say, by key.
        generic: translations of `GENERIC`.
    """

    claims: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    generic: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_text(cls, text: str, language: str = "en") -> Wording:
        """Read a `messages.yml`; an empty text is a wording without sentences.

        Raises:
            JudgeError: it is not YAML, or not blocks of sentences.
        """
        languages = _languages(text)
        english, other = languages.get("en", {}), languages.get(language, {})
        return cls(**{name: {**english.get(name, {}), **other.get(name, {})} for name in BLOCKS})


def all_hints(text: str) -> list[str]:
    """The hints of a `messages.yml` in all its languages.

    Raises:
        JudgeError: it is not YAML, or not blocks of sentences.
    """
    return [hint for blocks in _languages(text).values() for hint in blocks["hints"].values()]


def unknown_keys(text: str, tests: Collection[str], mistakes: Collection[str]) -> Iterator[str]:
    """Say each key of a `messages.yml` that no sentence is ever looked up by.

    Args:
        text: of the file.
        tests: names of the hidden tests, which claims are of.
        mistakes: ids of the known mistakes, which hints are of.

    Raises:
        JudgeError: it is not YAML, or not blocks of sentences.
    """
    known = {"claims": tests, "hints": mistakes, "generic": GENERIC}
    kinds = {"claims": "hidden test", "hints": "mistake", "generic": "sentence of the kit"}
    for language, blocks in _read(text).items():
        for name in [name for name in blocks if name not in BLOCKS]:
            yield f"messages.yml: {language}: no block is called {name!r}{_meant(name, BLOCKS)}"
        for block, keys in known.items():
            for key in [str(key) for key in blocks.get(block) or () if str(key) not in keys]:
                yield (
                    f"messages.yml: {language}: {block}: there is no {kinds[block]} "
                    f"{key!r}{_meant(key, keys)}"
                )


def _meant(word: str, known: Collection[str]) -> str:
    """The remedy: the name that was meant, if one is near."""
    near = get_close_matches(word, known, 1)
    return f"; did you mean {near[0]!r}?" if near else "; correct or remove it"


def _languages(text: str) -> dict[str, dict[str, dict[str, str]]]:
    return {
        language: {name: _sentences(blocks.get(name)) for name in BLOCKS}
        for language, blocks in _read(text).items()
    }


def _read(text: str) -> dict[str, dict[str, Any]]:
    """The blocks of each language as they stand there."""
    try:
        data = yaml.load(text, LOADER) or {}  # noqa: S506 — both loaders are safe ones
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise JudgeError(f"messages.yml: {reason}; see docs/authoring.md") from None
    if not (_maps(data) and all(map(_maps, data.values())) and all(map(_maps, _blocks(data)))):
        raise JudgeError(
            "messages.yml: expected, by language, blocks of sentences by key; see docs/authoring.md"
        )
    return {str(language): blocks or {} for language, blocks in data.items()}


def _blocks(data: Mapping[Any, Any]) -> Iterator[Any]:
    return ((blocks or {}).get(name) for blocks in data.values() for name in BLOCKS)


def _maps(value: Any) -> bool:
    return value is None or isinstance(value, dict)


def _sentences(block: Mapping[Any, Any] | None) -> dict[str, str]:
    return {str(key): " ".join(str(text).split()) for key, text in (block or {}).items()}


_current: ContextVar[Wording] = ContextVar("wording", default=Wording())  # noqa: B039 — frozen


@contextmanager
def speaking(wording: Wording) -> Iterator[None]:
    """Let `say` use these sentences."""
    token = _current.set(wording)
    try:
        yield
    finally:
        _current.reset(token)


def say(key: str, /, **values: Any) -> str:
    """The sentence of a key, with values filled in.

    A key that nobody wrote a sentence for says itself: a gap in the wording costs no grade.
    """
    wording = _current.get()
    for sentences in (wording.remarks, wording.generic, GENERIC):
        if key in sentences:
            try:
                return sentences[key].format(**values)
            except (KeyError, IndexError, ValueError):  # a slip of the translation
                continue
    return key.replace("_", " ")
