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
    "entry_at": N_("{name} at {entry}"),
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
    "form_first_entry": N_("only the first entry is right; does the step use every entry?"),
    "form_first_entries": N_(
        "only the first few entries are right; does the step use all of them?"
    ),
    "form_not_last_entry": N_(
        "every entry is right except the last one; look at where the loop or slice ends."
    ),
    "form_not_first_entry": N_(
        "every entry is right except the first one; look at where the loop or slice starts."
    ),
    "form_some_entries": N_("some entries are right and some are wrong; compare one of each."),
    "form_some_columns": N_("some columns are right and some are wrong; compare one of each."),
    "form_right_where_not_zero": N_(
        "right, except where the right number is 0: there yours is another one."
    ),
    "form_right_where_positive": N_(
        "right where the right number is positive, and wrong everywhere else."
    ),
    "form_right_where_not_positive": N_("right, except where the right number is positive."),
    "form_wrong_when": N_("wrong when {when}, and right in all other tries."),
    "form_raises_when": N_("an exception when {when}, and right in all other tries."),
    "when_one_row": N_("there is one row only"),
    "when_several_rows": N_("there is more than one row"),
    "when_larger_than_N": N_("{argument} is larger than the number of rows"),
    "when_larger": N_("{left} is larger than {right}"),
    "when_negative": N_("{argument} is negative"),
    "when_positive": N_("{argument} is positive"),
    "when_zero": N_("{argument} is 0"),
    "when_not_zero": N_("{argument} is not 0"),
    "when_arrays": N_("the arguments are arrays"),
    "when_numbers": N_("the arguments are single numbers"),
    "when_whole": N_("{argument} holds whole numbers"),
    "when_large": N_("the numbers are large"),
    # how a wrong value comes
    "after_the_call": N_("{argument} after {name}(…)"),
    "of_the_function": N_("{result} of {name}"),
    "form_changed": N_("not what it was before the call. Which line writes into it?"),
    "form_untouched": N_("the same as before the call, but this is what should change."),
    "form_none": N_("None came back; is a return statement missing?"),
    "form_missing": N_("what you return has no such entry."),
    "form_no_dict": N_("the docstring asks for a dict, in which every value has its name."),
    "form_no_tuple": N_("a dict came back, but the docstring asks for the values one by one."),
    "form_count": N_("{found} values came back, but the docstring asks for {wanted}."),
    "form_zipped": N_(
        "the values come in groups, one for each row, but the docstring asks for {wanted} arrays."
    ),
    "form_single": N_("a single value came back, but the docstring asks for {wanted}."),
    "form_list": N_("the numbers are right, but they come in a {type} and not in an array."),
    "form_in_list": N_("these come in a {type}, but the docstring asks for an array."),
    "form_among": N_("the right value is there, but others come with it. Return it alone."),
    "form_not_whole": N_("the docstring asks for whole numbers; yours are of another type."),
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
    "form_total": N_(
        "one number came back: the sum of all that were asked for. Which line takes them together?"
    ),
    "form_one_number": N_("one number came back instead of the shape {expected}."),
    "form_unsummed": N_(
        "the shape is {shape} instead of {expected}; summed along an axis, it would be right."
    ),
    "form_other_shape": N_("the shape is {shape} instead of {expected}."),
    # how far off numbers are
    "form_but_for": N_("apart from what {argument} adds: {form}"),
    "form_when_zero": N_("when {argument} is 0: {form}"),
    "form_only_added": N_("only what {argument} adds came back; where is the rest?"),
    "form_moved": N_("what it moves by: {form}"),
    "form_rest": N_("what {argument} adds is right, so look at the rest."),
    "form_others_right": N_(
        "wrong. Right: {others}. So look at the steps that only the wrong ones need."
    ),
    "form_where_finite": N_("where they are finite: {form}"),
    "form_beside": N_("apart from {argument}: {form}"),
    "form_factor": N_("every number is {factor}."),
    "form_factor_single": N_("{factor}."),
    "factor_N": N_("N times too large (did you take the mean over the rows?)"),
    "factor_one_N": N_("N times too small (did you take the mean over the rows twice?)"),
    "factor_sizes": N_("{sizes} times what it should be (by what do you divide?)"),
    "factor_sign": N_("of the wrong sign"),
    "factor_2": N_("twice as large as it should be"),
    "factor_half": N_("half as large as it should be"),
    "factor_log2": N_(
        "{factor:.4g} times what it should be, as a logarithm to the base 2 would be"
    ),
    "factor_any": N_("{factor:.4g} times what it should be"),
    "form_cut_above": N_("numbers above {high:.4g} are cut off."),
    "form_cut_below": N_("numbers below {low:.4g} are cut off."),
    "form_cut_both": N_("numbers below {low:.4g} or above {high:.4g} are cut off."),
    "form_no_negative": N_("where a number should be negative, yours is 0."),
    "form_absolute": N_("where a number should be negative, yours is positive."),
    "form_dropped": N_("some numbers are 0 that should not be; the others are right."),
    "form_rounded": N_("the numbers are rounded. Round for the eye only."),
    "form_constant": N_("every number is {value:.4g}, whatever the arguments are."),
    "form_constant_single": N_("always {value:.4g}, whatever the arguments are."),
    "form_whole": N_(
        "whole numbers, though these should not be whole. Which integer array, int() or // drops "
        "the rest?"
    ),
    "form_offset": N_("every number is off by {offset:+.4g}."),
    "form_offset_single": N_("off by {offset:+.4g}."),
    "form_factor_and_offset": N_(
        "every number is {factor:.4g} times what it should be, and then off by {offset:+.4g}."
    ),
    "form_factor_and_offset_single": N_(
        "{factor:.4g} times what it should be, and then off by {offset:+.4g}."
    ),
    "form_as_if": N_("what comes out would be right for {other} in the place of {argument}."),
    "form_is_other": N_("what stands there is {other}."),
    "form_is_multiple": N_("what stands there is {factor:.4g} · {other}."),
    "form_is_sum": N_("what stands there is {terms}."),
    "form_added_twice": N_("right, but for {other}, which is added once too often."),
    "form_not_added": N_("right, but for {other}, which is missing (or taken off once too often)."),
    "form_off_by": N_("off by {factor:.4g} · {other}."),
    "form_further_factor": N_("right, but multiplied by {other} once too often."),
    "form_missing_factor": N_("right, but for the factor {other}, which is missing."),
    "form_divided": N_("right, but divided by {size} once too often."),
    "form_shortened": N_("right, but made smaller where {size} is above {bound:.4g}."),
    "size_own_norm": N_("its own length (norm)"),
    "size_own_largest": N_("its own largest entry"),
    "size_norm": N_("the length (norm) of {other}"),
    "size_largest": N_("the largest entry of {other}"),
    "size_joint_norm": N_("the length (norm) of all entries together"),
    "form_scaled": N_("right up to a factor, but not always the same one. What sets it?"),
    "form_rows_shifted": N_("each row is off by a number of its own, the same in all columns."),
    "form_columns_shifted": N_("each column is off by a number of its own, the same in all rows."),
    "form_rows_scaled": N_("each row is right up to a factor of its own."),
    "form_columns_scaled": N_("each column is right up to a factor of its own."),
    "form_signs": N_("the sizes are right, but some signs are not."),
    "form_other_places": N_("the right numbers are there, but not at their places."),
    "form_close": N_(
        "near the right numbers, but not exact. Do you round, use numbers of few digits, take a "
        "difference quotient, or add something small?"
    ),
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
