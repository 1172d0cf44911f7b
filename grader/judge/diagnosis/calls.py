"""What a student's functions did in the logged calls, compared with the reference."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from grader.box.protocol import Rng
from grader.judge.diagnosis.evidence import Evidence
from grader.judge.diagnosis.replay import (
    ALL_KEYS,
    Missing,
    Outcome,
    Place,
    hashable,
    outcome_of,
    places,
    replayed,
    same,
    size_of,
)
from grader.judge.diagnosis.tidying import tidied
from grader.judge.reference import Reference
from grader.judge.student import Call, Request

__all__ = ["MIN_INPUTS", "Aspect", "CallLog"]

MIN_INPUTS = 3
FIXED_COST = 1000  # of a call, counted in numbers that it works on
MAX_CALLS = 24  # of one request; a check of random draws makes hundreds that are all alike
LARGE = 1000  # numbers in the arguments of a call; a variant that is slow takes long over them


@dataclass(frozen=True)
class Aspect:
    """One aspect of what a function does: an entry of its value, or of an argument after a call.

    Args:
        function: its name.
        place: where the entry is in an outcome.
    """

    function: str
    place: Place


@dataclass(frozen=True)
class _Row:
    """One call.

    Args:
        call: as it was made.
        actual: what the student's function did.
        expected: what the reference does.
    """

    call: Call
    actual: Outcome
    expected: Outcome

    @cached_property
    def input(self) -> Any:
        """Something hashable that calls with the same arguments share."""
        return hashable(self.call.arguments)

    @cached_property
    def is_right(self) -> bool:
        """Whether the student's function did what the reference does."""
        return same(self.actual.value, self.expected.value) and (
            self.actual.after is None or same(self.actual.after, self.expected.after)
        )

    @property
    def says_little(self) -> bool:
        """Whether it is a large call that went right: one such call of a function is enough."""
        return size_of(self.call.arguments) > LARGE and self.is_right


class CallLog:
    """The calls that one question's checks made.

    If the judge's functions stood in for others in some calls of a function, only those calls are
    used: in the rest, a mistake in another question may have made the values wrong.

    Args:
        requests: the calls and their outcomes.
        reference: the instructor's functions.
        results: names for what the functions return, by function.
    """

    def __init__(
        self,
        requests: Sequence[Request],
        reference: Reference,
        results: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._given, self._results = requests, results or {}
        self._outcomes: dict[Any, Outcome] = {}
        stood_in = {r.name for r in requests if r.stood_in and r.calls}
        kept = [r for r in requests if r.stood_in or r.name not in stood_in]
        rows = ((request, list(_rows(request, reference))) for request in map(_shortened, kept))
        self._asked = sorted(rows, key=_wrong_first)
        self._tried = list(_worth_trying(self._asked))
        self.requests = [request for request, _ in self._asked]
        self._reference = reference
        self.aspects = list(dict.fromkeys(self._all_aspects()))
        self.wrong = frozenset(filter(self._is_surely_wrong, self.aspects))

    @property
    def differs(self) -> bool:
        """Whether anything at all differs from the reference."""
        return any(
            _differs(aspect, row, row.expected)
            for aspect in self.aspects
            for name, row in self._all_rows()
            if name == aspect.function
        )

    @property
    def changed(self) -> list[Aspect]:
        """Aspects of arguments that a call should have left alone and did not."""
        return [
            aspect
            for aspect in self.aspects
            if any(
                name == aspect.function
                and _is_left_alone(aspect, row)
                and _differs(aspect, row, row.expected)
                for name, row in self._all_rows()
            )
        ]

    def explained(
        self, variant: Reference, functions: frozenset[str]
    ) -> tuple[frozenset[Aspect], bool]:
        """Find the wrong aspects that a variant reproduces in every call.

        A variant is dropped at the first call after which it explains nothing. It must return on
        at least three different inputs, because code can raise the same exception for many
        reasons. Zeros alone and unchanged arguments alone are no evidence either, unless the
        variant also reproduces everything else.

        Args:
            variant: the reference with a mistake in it.
            functions: names of the functions that the mistake changes.

        Returns:
            The wrong aspects that it reproduces, and whether it reproduces the right ones too.
        """
        own = {aspect for aspect in self.aspects if aspect.function in functions}
        found, rest = own & self.wrong, own - self.wrong
        with_numbers = set()
        for name, row, outcome in self._replayed(variant, functions):
            found = _agreeing(found, name, row, outcome)
            if not found:  # nearly all variants end here, so the rest is compared afterwards
                return frozenset(), False
            rest = _agreeing(rest, name, row, outcome)
            if not outcome.is_raised:
                with_numbers.add(row.input)
        is_whole = found | rest == own
        if len(with_numbers) < MIN_INPUTS or not (is_whole or any(map(self._is_telling, found))):
            return frozenset(), False
        return frozenset(found), is_whole

    def tidied(self) -> CallLog | None:
        """The same calls with every value in the form that was asked for.

        Returns:
            These calls; None if the student's values have that form already.
        """
        requests = [
            replace(request, calls=tuple(_tidied(request, self._reference)))
            for request in self._given
        ]
        pairs = zip(requests, self._given, strict=True)
        is_new = any(
            new.value is not old.value
            for ours, theirs in pairs
            for new, old in zip(ours.calls, theirs.calls, strict=True)
        )
        return CallLog(requests, self._reference, self._results) if is_new else None

    def count(
        self, variant: Reference, functions: frozenset[str], aspects: frozenset[Aspect]
    ) -> int:
        """Count the wrong results that have to do with a mistake.

        Args:
            variant: the reference with the mistake in it.
            functions: names of the functions that the mistake changes.
            aspects: those to look at.

        Returns:
            In how many aspects of how many calls both the student's function and the variant
            differ from the reference.
        """
        return sum(
            _differs(aspect, row, row.expected)
            and not same(aspect.place.of(row.expected), aspect.place.of(outcome))
            for name, row, outcome in self._replayed(variant, functions)
            for aspect in aspects
            if aspect.function == name
        )

    def given(self, aspects: frozenset[Aspect]) -> frozenset[Aspect]:
        """Those of some aspects for which any call of the student's gave more than None.

        Args:
            aspects: those to look at.
        """
        giving = {name for name, row in self._all_rows() if row.actual.value is not None}
        return frozenset(a for a in aspects if a.place.argument is not None or a.function in giving)

    def touches(
        self, variant: Reference, functions: frozenset[str], aspects: frozenset[Aspect]
    ) -> bool:
        """Whether the variant differs from the reference in any of some aspects.

        Args:
            variant: the reference with a mistake in it.
            functions: names of the functions that the mistake changes.
            aspects: those to look at.
        """
        return any(
            not same(aspect.place.of(row.expected), aspect.place.of(outcome))
            for name, row, outcome in self._replayed(variant, functions)
            for aspect in aspects
            if aspect.function == name
        )

    def is_confined(
        self, variant: Reference, functions: frozenset[str], found: frozenset[Aspect]
    ) -> bool:
        """Whether the variant differs from both reference and student in certain aspects only.

        Args:
            variant: the reference with a mistake in it.
            functions: names of the functions that the mistake changes.
            found: these aspects.
        """
        return all(
            aspect in found
            or same(aspect.place.of(row.expected), aspect.place.of(outcome))
            or not _differs(aspect, row, outcome)
            for name, row, outcome in self._replayed(variant, functions)
            for aspect in self.aspects
            if aspect.function == name
        )

    def evidence(self, aspect: Aspect) -> Evidence:
        """Collect what is known about one aspect, for an explanation without a catalogue."""
        rows = [row for name, row in self._all_rows() if name == aspect.function]
        rows = [row for row in rows if _is_shown(aspect, row)]
        function = getattr(self._reference, aspect.function)
        names = list(inspect.signature(function).parameters)
        results = self._results.get(aspect.function, ())
        actual = tuple(aspect.place.of(row.actual) for row in rows)

        def expected_with(call: int, **changed: Any) -> Any:
            return aspect.place.of(self._outcome_with(aspect.function, rows[call], names, changed))

        others = [
            other
            for other in self.aspects
            if other.function == aspect.function
            and other.place.argument is None
            and other.place.key != ALL_KEYS
            and other != aspect
        ]
        return Evidence(
            function=aspect.function,
            name=aspect.place.label(aspect.function, names, results),
            is_one_of_many=len({other.function for other in self.aspects}) > 1,
            actual=actual,
            expected=tuple(aspect.place.of(row.expected) for row in rows),
            wrong=tuple(i for i, row in enumerate(rows) if _differs(aspect, row, row.expected)),
            arguments=tuple(dict(zip(names, row.call.arguments, strict=False)) for row in rows),
            is_value=aspect.place.argument is None,
            is_left_alone=all(_is_left_alone(aspect, row) for row in rows),
            is_untouched=aspect.place.argument is not None
            and all(_is_idle(aspect, row) for row in rows),
            before=tuple(aspect.place.of(Outcome(None, row.call.arguments)) for row in rows)
            if aspect.place.argument is not None
            else (),
            wholes={i: value.whole for i, value in enumerate(actual) if isinstance(value, Missing)},
            count=aspect.place.count,
            raised=tuple(i for i, row in enumerate(rows) if row.actual.is_raised),
            siblings={
                other.place.label(other.function, names, results): [
                    other.place.of(row.expected) for row in rows
                ]
                for other in others
            },
            right=tuple(
                other.place.label(other.function, names, results)
                for other in others
                if not any(_differs(other, row, row.expected) for row in rows)
            ),
            expected_with=expected_with,
        )

    def _outcome_with(
        self, function: str, row: _Row, names: Sequence[str], changed: dict[str, Any]
    ) -> Outcome:
        """What the reference does with other arguments; kept, since each aspect asks for it."""
        key = (function, id(row), hashable(changed))
        if key not in self._outcomes:
            named = dict(zip(names, row.call.arguments, strict=False)) | changed
            request = Request(function, (Call(tuple(named.values()), after=()),))
            self._outcomes[key] = next(replayed(request, self._reference))
        return self._outcomes[key]

    def _all_rows(self) -> Iterator[tuple[str, _Row]]:
        for request, rows in self._asked:
            yield from ((request.name, row) for row in rows)

    def _replayed(
        self, variant: Reference, functions: frozenset[str]
    ) -> Iterator[tuple[str, _Row, Outcome]]:
        for request, rows in self._tried:
            if request.name in functions:
                for row, outcome in zip(rows, replayed(request, variant), strict=True):
                    yield request.name, row, outcome

    def _all_aspects(self) -> Iterator[Aspect]:
        for name, row in self._all_rows():
            yield from (Aspect(name, place) for place in places(row.expected))

    def _is_telling(self, aspect: Aspect) -> bool:
        """Whether the student gave more than zeros or an unchanged argument, which take no work."""
        rows = (row for name, row in self._all_rows() if name == aspect.function)
        return not all(_is_idle(aspect, row) for row in rows if _is_shown(aspect, row))

    def _is_surely_wrong(self, aspect: Aspect) -> bool:
        """Whether it is wrong for at least three different inputs."""
        rows = (row for name, row in self._all_rows() if name == aspect.function)
        inputs = {row.input for row in rows if _differs(aspect, row, row.expected)}
        return len(inputs) >= MIN_INPUTS


def _tidied(request: Request, reference: Reference) -> Iterator[Call]:
    """The calls of a request, their values in the form that the reference gives them."""
    wanted = replayed(request, reference)
    for call in request.calls:
        value = call.value if call.is_lost else tidied(call.value, next(wanted).value)
        yield call if call.error or same(value, call.value) else replace(call, value=value)


def _shortened(request: Request) -> Request:
    """Keep only the first calls, unless a call failed: it is the last one, and tells most."""
    if len(request.calls) <= MAX_CALLS or request.calls[-1].error:
        return request
    return replace(request, calls=request.calls[:MAX_CALLS])


def _wrong_first(asked: tuple[Request, list[_Row]]) -> tuple[bool, bool, int]:
    """Sort key: requests with wrong calls come first, because they rule out most variants.

    Of these, small ones come first, because they cost least.
    """
    request, rows = asked
    is_right = all(row.is_right for row in rows)
    size = sum(FIXED_COST + size_of(call.arguments) for call in request.calls)
    return is_right, all(call.after is None for call in request.calls), size


def _worth_trying(
    asked: Sequence[tuple[Request, list[_Row]]],
) -> Iterator[tuple[Request, list[_Row]]]:
    """The calls to try variants on; all of a request if each may depend on those before it."""
    tried = set()
    for request, rows in asked:
        is_whole = len(rows) < len(request.calls) or _draws(request)
        kept = []
        for row in rows:
            if is_whole or not row.says_little or request.name not in tried:
                kept.append(row)
            if row.says_little:
                tried.add(request.name)
        yield (
            replace(request, calls=request.calls if is_whole else tuple(r.call for r in kept)),
            kept,
        )


def _draws(request: Request) -> bool:
    return any(isinstance(argument, Rng) for call in request.calls for argument in call.arguments)


def _rows(request: Request, reference: Reference) -> Iterator[_Row]:
    calls = [call for call in request.calls if not call.is_lost]
    return map(_Row, calls, map(outcome_of, calls), replayed(request, reference))


def _is_shown(aspect: Aspect, row: _Row) -> bool:
    """Whether the aspect is known: arguments are unknown if nobody asked or the call raised."""
    return aspect.place.argument is None or row.actual.after is not None


def _is_idle(aspect: Aspect, row: _Row) -> bool:
    value = aspect.place.of(row.actual)
    if aspect.place.argument is not None:
        return same(value, aspect.place.of(Outcome(None, row.call.arguments)))
    return isinstance(value, np.ndarray) and same(value, np.zeros_like(value))


def _is_left_alone(aspect: Aspect, row: _Row) -> bool:
    """Whether it belongs to an argument that the right function leaves as it is."""
    before, expected = Outcome(None, row.call.arguments), row.expected
    is_argument = aspect.place.argument is not None
    return is_argument and same(aspect.place.of(before), aspect.place.of(expected))


def _agreeing(aspects: set[Aspect], function: str, row: _Row, outcome: Outcome) -> set[Aspect]:
    """The aspects in which the student's call does not differ from this outcome."""
    return {p for p in aspects if p.function != function or not _differs(p, row, outcome)}


def _differs(aspect: Aspect, row: _Row, outcome: Outcome) -> bool:
    return _is_shown(aspect, row) and not same(
        aspect.place.of(row.actual), aspect.place.of(outcome)
    )
