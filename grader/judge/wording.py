"""The judge's claims, messages, hints and remarks, by key, in the language of the course.

An assignment's `messages.yml` holds its sentences, a block for each language. A sentence that a
block lacks comes from the English block `en`. The kit's own sentences are in `GENERIC` below. The
files of `grader/locale/` translate them, and a block may replace them.
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
from grader.locale.translations import ENGLISH, N_, N_plural, in_language, translated
from grader.locale.translations import language as spoken

__all__ = ["GENERIC", "Wording", "all_hints", "say", "speaking", "unknown_keys"]

GENERIC: Mapping[str, str | tuple[str, str]] = {
    # what stands where something else is expected
    "not_an_array": N_("{name} should be a numpy array, but it is {found}"),
    "not_a_number": N_("{name} should be a single number, but it is {found}"),
    "enormous_int": N_("{name} should be a number, but it is an integer with far too many digits"),
    "not_values": N_plural(
        "{name} should be {count} value, but it is {found}",
        "{name} should be {count} values, but it is {found}",
    ),
    "other_count": N_plural(
        "{name} should have {count} value, but it has {found}",
        "{name} should have {count} values, but it has {found}",
    ),
    "not_a_dict": N_("{name} should be a dict, but it is {found}"),
    "empty_dict": N_("{name} is an empty dict"),
    "no_key": N_("{name} has no key {key!r}"),
    "other_kind": N_("{name} should hold {kind}, but its dtype is {dtype}"),
    "other_shape": N_("{name} should have shape {shape}, but it has {found}"),
    "ragged": N_("{name} should have shape {shape}, but its rows differ in length"),
    "not_finite": N_("{name} is {found}, but it should be a finite number"),
    "nothing_to_compare": N_(
        "{name} cannot be checked, because the value to compare it with is not finite"
    ),
    "other_number": N_("{name} should be {expected}, but it is {found}"),
    "other_numbers": N_(
        "{name} should be {expected}, but it is {found} (the largest difference; wrong entries: "
        "{wrong} of {count})"
    ),
    "changed": N_("{name} was changed by the call; work on a copy instead"),
    "unreadable": N_("{name} returned something that the grader cannot read"),
    # kinds of values
    "kind_f": N_("real numbers"),
    "kind_i": N_("integers"),
    "kind_b": N_("booleans"),
    "kind_c": N_("complex numbers"),
    "a_none": N_("None (is a return statement missing?)"),
    "an_array": N_("an array of shape {shape}"),
    "a_collection": N_plural("a {type} of {count} item", "a {type} of {count} items"),
    "a_special_number": N_("the number {value}"),
    "a_type": N_("of type {type}"),
    # simple forms of wrong numbers
    "form": N_("{name}: {form}"),
    "form_not_finite": N_(
        "some values are nan or inf; look for an overflow, a division by zero or a log of zero."
    ),
    "form_overflow": N_("for large inputs, some values are nan or inf; which step overflows?"),
    "form_ignores": N_(
        "right when {argument} is 0, but other values of {argument} make no difference. What "
        "should {argument} change?"
    ),
    "form_superfluous": N_(
        "right when {argument} is 0. Otherwise {argument} adds something that should not be there."
    ),
    "form_adds_factor": N_(
        "right when {argument} is 0, and wrong otherwise: what {argument} adds is {factor}."
    ),
    "form_adds_other": N_(
        "right when {argument} is 0, and wrong otherwise: what {argument} adds is not right."
    ),
    "form_first_row": N_("only the first row is right; does the step use every row?"),
    "form_first_rows": N_("only the first few rows are right; does the step use every row?"),
    "form_not_last_row": N_(
        "every row is right except the last one; look at where the loop or slice ends."
    ),
    "form_not_first_row": N_(
        "every row is right except the first one; look at where the loop or slice starts."
    ),
    "form_some_rows": N_("some rows are right and some are wrong; compare one of each."),
    "form_transposed": N_("the numbers are right, but rows and columns are exchanged."),
    "form_shape": N_("the numbers are right, but the shape is {shape} instead of {expected}."),
    "form_axes": N_(
        "the numbers are right, but their axes are in another order: the shape is {shape} "
        "instead of {expected}."
    ),
    "form_axis": N_(
        "the total is right, but the shape is {shape} instead of {expected}; along which axis do "
        "you sum?"
    ),
    "form_factor": N_("every number is {factor}."),
    "factor_N": N_("N times too large (did you take the mean over the rows?)"),
    "factor_one_N": N_("N times too small (did you take the mean over the rows twice?)"),
    "factor_sign": N_("of the wrong sign"),
    "factor_2": N_("twice as large as it should be"),
    "factor_half": N_("half as large as it should be"),
    "factor_any": N_("{factor:.4g} times what it should be"),
}
BLOCKS = ("claims", "hints", "remarks", "generic")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C, 28 KB take 1.3 ms, not 46


@dataclass(frozen=True)
class Wording:
    """The sentences of one assignment in one language, or in English where they are missing.

    Args:
        language: its code.
        claims: what a hidden test asks for, by its name; without one, its docstring is used.
        hints: where to look, by the id of a mistake; without one, the hint of `mistakes.py` is
            used.
        remarks: other sentences of the hidden tests, by key.
        generic: sentences that replace those of `GENERIC`, by key.
    """

    language: str = ENGLISH
    claims: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    generic: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_text(cls, text: str, language: str = ENGLISH) -> Wording:
        """Read a `messages.yml`; an empty text is a wording without sentences.

        Args:
            text: the file's content.
            language: code of the language to use.

        Raises:
            JudgeError: it is not YAML, or not blocks of sentences.
        """
        languages = _languages(text)
        english, other = languages.get(ENGLISH, {}), languages.get(language, {})
        if _is_translated(language):  # our translation is better than English words of the course
            english = {**english, "generic": {}}
        blocks = {name: {**english.get(name, {}), **other.get(name, {})} for name in BLOCKS}
        return cls(language, **blocks)


def _is_translated(language: str) -> bool:
    """Whether the kit is translated into the language."""
    with in_language(language):
        return spoken() != ENGLISH


def all_hints(text: str) -> list[str]:
    """The hints of a `messages.yml` in all its languages.

    Raises:
        JudgeError: it is not YAML, or not blocks of sentences.
    """
    return [hint for blocks in _languages(text).values() for hint in blocks["hints"].values()]


def unknown_keys(text: str, tests: Collection[str], mistakes: Collection[str]) -> Iterator[str]:
    """Yield a message for each key of a `messages.yml` that nothing will ever use.

    Args:
        text: the file's content.
        tests: names of the hidden tests: the keys that claims may have.
        mistakes: ids of the known mistakes: the keys that hints may have.

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
    """The remedy: the name that was probably meant, if there is a similar one."""
    near = get_close_matches(word, known, 1)
    return f"; did you mean {near[0]!r}?" if near else "; correct or remove it"


def _languages(text: str) -> dict[str, dict[str, dict[str, str]]]:
    return {
        language: {name: _sentences(blocks.get(name)) for name in BLOCKS}
        for language, blocks in _read(text).items()
    }


def _read(text: str) -> dict[str, dict[str, Any]]:
    """The blocks of each language, as they are in the file."""
    try:
        data = yaml.load(text, LOADER) or {}  # noqa: S506 — both loaders are safe ones
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise JudgeError(f"messages.yml: {reason}; see docs/authoring.md") from None
    if not (
        _is_mapping(data)
        and all(map(_is_mapping, data.values()))
        and all(map(_is_mapping, _blocks(data)))
    ):
        raise JudgeError(
            "messages.yml: each language needs blocks of sentences by key; see docs/authoring.md"
        )
    return {str(language): blocks or {} for language, blocks in data.items()}


def _blocks(data: Mapping[Any, Any]) -> Iterator[Any]:
    return ((blocks or {}).get(name) for blocks in data.values() for name in BLOCKS)


def _is_mapping(value: Any) -> bool:
    return value is None or isinstance(value, dict)


def _sentences(block: Mapping[Any, Any] | None) -> dict[str, str]:
    return {str(key): " ".join(str(text).split()) for key, text in (block or {}).items()}


_current: ContextVar[Wording] = ContextVar("wording", default=Wording())  # noqa: B039 — frozen


@contextmanager
def speaking(wording: Wording) -> Iterator[None]:
    """Make `say` use these sentences, and gettext their language."""
    token = _current.set(wording)
    try:
        with in_language(wording.language):
            yield
    finally:
        _current.reset(token)


def say(key: str, /, **values: Any) -> str:
    """The sentence of a key, with values filled in.

    If there is no sentence, the key itself is shown: a gap in the wording must not cost a grade.

    Args:
        key: of a remark, or of a sentence in `GENERIC`.
        values: by the name that the sentence uses; `count` selects singular or plural.
    """
    for sentence in _sentences_of(key, values.get("count", 1)):
        try:
            return sentence.format(**values)
        except (KeyError, IndexError, ValueError):  # an error in the translation
            continue
    return key.replace("_", " ")


def _sentences_of(key: str, count: int) -> Iterator[str]:
    """The sentences that can be used, the best first."""
    wording = _current.get()
    yield from (block[key] for block in (wording.remarks, wording.generic) if key in block)
    if key in GENERIC:
        found = GENERIC[key]
        one, many = (found, "") if isinstance(found, str) else found
        yield translated(one, many, count)
        yield many or one  # in case of an error in the translation
