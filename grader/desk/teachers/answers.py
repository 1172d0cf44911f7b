"""Written answers, marked one after the other without names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.course.settings import Assignment
from grader.course.written import Written, written_question, written_questions
from grader.desk.access import Scope, for_staff, staff_form
from grader.desk.desk import Desk
from grader.desk.frame import language, not_found, page
from grader.desk.log import log
from grader.desk.teachers.given import (
    MAX_COMMENT,
    Given,
    NotGiven,
    given_before,
    given_in,
    key_of,
    mark_of,
)
from grader.desk.turns import Turns
from grader.gradebook.mark import Mark, MarkedAnswer
from grader.gradebook.on_demand import GradebookOnDemand
from grader.locale.translations import gettext
from grader.pages.rendering import Allowance, safe_markdown

__all__ = ["ROUTES"]


@dataclass(frozen=True)
class _Pile:
    """The answers to one question that a marker may see, in the order in which they come.

    Args:
        assignment: the assignment.
        question: name of the question.
        turns: tokens, and who holds what.
        answers: by token; of a group, one answer.
    """

    assignment: Assignment
    question: str
    turns: Turns
    answers: Mapping[str, MarkedAnswer]

    @property
    def waiting(self) -> list[str]:
        """The tokens of the answers that a person has to look at."""
        return [token for token, answer in self.answers.items() if answer.waits]

    @property
    def done(self) -> int:
        """How many answers have a mark, and nothing new since."""
        return len(self.answers) - len(self.waiting)

    @property
    def address(self) -> str:
        """Where its pages begin."""
        return f"/answers/{self.assignment.id}/{self.question}"


@for_staff
def _questions(request: Request, desk: Desk, scope: Scope) -> Response:
    piles = [
        _pile(desk, scope, assignment, question)
        for assignment in desk.assignments()
        for question in written_questions(assignment)
    ]
    with language(request):
        title = gettext("Written answers")
        return page(request, "desk/answers.html", title=title, person=scope.person, piles=piles)


@for_staff
def _question(request: Request, desk: Desk, scope: Scope) -> Response:
    pile = _asked_for(request, desk, scope)
    if pile is None:
        return not_found(request)
    named = {} if pile.waiting else _names(scope, pile)
    with language(request):
        return page(
            request,
            "desk/answers_to.html",
            title=f"{pile.assignment.title}: {pile.question}",
            person=scope.person,
            pile=pile,
            named=named,
        )


@for_staff
def _next(request: Request, desk: Desk, scope: Scope) -> Response:
    pile = _asked_for(request, desk, scope)
    if pile is None:
        return not_found(request)
    return _onwards(pile, scope, request.query_params.get("after", "")[:64])


@for_staff
def _answer(request: Request, desk: Desk, scope: Scope) -> Response:
    screen = _screen(request, desk, scope)
    if screen is None:
        return not_found(request)
    screen.pile.turns.hold(scope.person.id, screen.token)
    return screen.shown(given_before(screen.answer.mark))


@staff_form
def _save(request: Request, desk: Desk, scope: Scope, fields: Mapping[str, str]) -> Response:
    """Keep the mark, unless the marker has not seen what is there now."""
    screen = _screen(request, desk, scope)
    if screen is None:
        return not_found(request)
    given = given_in(fields)
    with language(request):
        try:
            mark = mark_of(screen.written, given)
        except NotGiven as refusal:
            return screen.shown(given, 400, refusal=refusal.reason)
    if fields.get("seen") != screen.answer.seen or not _give(desk, screen, mark):
        newer = _screen(request, desk, scope)
        if newer is None or newer.answer.mark != mark or newer.answer.waits:
            return newer.shown(given, 409, is_newer=True) if newer else not_found(request)
        return _onwards(newer.pile, scope, screen.token)  # the same form came twice
    desk.receipts.tell()
    rest = _asked_for(request, desk, scope)
    return _onwards(rest or screen.pile, scope, screen.token)


def _give(desk: Desk, screen: _Screen, mark: Mark) -> bool:
    """Keep a mark, unless something has changed since the marker looked.

    The log is another database than the gradebook. So it is told first: a crash in between may
    leave an entry without its mark, but no mark without an entry.
    """
    pile, before, is_kept = screen.pile, screen.answer, False
    _tell(desk, screen, "mark", before.mark, mark)
    try:
        with GradebookOnDemand(screen.scope.now.course) as gradebook:
            is_kept = gradebook.book.give_mark(
                pile.assignment.id, pile.question, before.student, before.seen, mark
            )
    finally:
        if not is_kept:
            _tell(desk, screen, "mark that was not kept", mark, before.mark)
    return is_kept


def _tell(desk: Desk, screen: _Screen, what: str, before: Mark, after: Mark) -> None:
    with desk.state.writing() as connection:
        log(
            connection,
            screen.scope.person.id,
            what,
            assignment=screen.pile.assignment.id,
            student=screen.answer.student,
            before=_in_words(screen.pile.question, before),
            after=_in_words(screen.pile.question, after),
        )


def _onwards(pile: _Pile, scope: Scope, after: str) -> Response:
    """To the next answer, or to the list if none waits."""
    token = pile.turns.take(scope.person.id, pile.waiting, after)
    if token is None:
        return RedirectResponse(pile.address, 303)
    came_from = f"?{urlencode({'from': after})}" if after in pile.answers else ""
    return RedirectResponse(f"{pile.address}/{token}{came_from}", 303)


@dataclass(frozen=True)
class _Screen:
    """One answer on a marker's screen.

    Args:
        request: what is answered.
        scope: who marks.
        pile: the answers.
        token: of this one.
        answer: with its text.
        written: the question.
    """

    request: Request
    scope: Scope
    pile: _Pile
    token: str
    answer: MarkedAnswer
    written: Written

    @cached_property
    def place(self) -> int:
        """Which one it is, from 1."""
        return list(self.pile.answers).index(self.token) + 1

    def shown(
        self, given: Given, status: int = 200, refusal: str = "", *, is_newer: bool = False
    ) -> Response:
        """The page.

        Args:
            given: what the form has in it.
            status: of the answer.
            refusal: why nothing was saved; "" if nothing was to be.
            is_newer: whether somebody else has changed what the marker had seen.
        """
        came_from = self.request.query_params.get("from", "")
        cell = self.answer.cell or {"source": ""}
        with language(self.request):
            return page(
                self.request,
                "desk/answer.html",
                status,
                title=gettext("Answer {number}", number=self.place),
                person=self.scope.person,
                screen=self,
                given=given,
                key_of=key_of,
                refusal=refusal,
                is_newer=is_newer,
                before=came_from if came_from in self.pile.answers else "",
                most=MAX_COMMENT,
                text=safe_markdown(cell["source"], Allowance(), cell.get("attachments")),
                asked=safe_markdown(self.written.asked, Allowance()),
                solution=safe_markdown(self.written.solution, Allowance()),
            )


def _screen(request: Request, desk: Desk, scope: Scope) -> _Screen | None:
    pile = _asked_for(request, desk, scope)
    token = request.path_params["token"]
    if pile is None or token not in pile.answers:
        return None
    id_, question, course = pile.assignment.id, pile.question, scope.now.course
    with GradebookOnDemand(course) as gradebook:
        student = pile.answers[token].student
        answer = gradebook.book.written_answer(id_, question, student)
    if answer is None:
        return None
    written = written_question(course, pile.assignment, question)
    return _Screen(request, scope, pile, token, answer, written)


def _asked_for(request: Request, desk: Desk, scope: Scope) -> _Pile | None:
    assignment = desk.assignment(request.path_params["assignment"])
    question = request.path_params["question"]
    if assignment is None or question not in written_questions(assignment):
        return None
    return _pile(desk, scope, assignment, question)


def _pile(desk: Desk, scope: Scope, assignment: Assignment, question: str) -> _Pile:
    course, turns = scope.now.course, Turns(desk.state, assignment.id, question)
    theirs: dict[tuple[str, str], MarkedAnswer] = {}
    if any(course.results_dir(assignment.id).glob("*.json")):
        with GradebookOnDemand(course) as gradebook:
            found = gradebook.book.written_answers(assignment.id, question)
        for answer in found:
            if scope.student(answer.student):
                group = scope.now.groups.of(assignment.id, answer.student)
                key = ("group", group.name) if group else ("student", answer.student)
                theirs.setdefault(key, answer)
    by_student = {answer.student: answer for answer in theirs.values()}
    tokens = turns.tokens(by_student)
    answers = {token: by_student[student] for student, token in tokens.items()}
    return _Pile(assignment, question, turns, answers)


def _names(scope: Scope, pile: _Pile) -> dict[str, str]:
    """Whose answers they are, once all are marked."""
    people = {token: scope.student(answer.student) for token, answer in pile.answers.items()}
    return {token: p.full_name or p.id for token, p in people.items() if p}


def _in_words(question: str, mark: Mark) -> str:
    """A mark for the log."""
    if mark.score is None:
        return f"{question}: no points"
    ticks = "; ".join(line.text for line in mark.ticks if line.given)
    told = {"points": f"{mark.score:g}", "ticked": ticks, "comment": mark.comment}
    return f"{question}: " + ", ".join(f"{name} {text}" for name, text in told.items() if text)


PLACE = "/answers/{assignment}/{question}"
ROUTES = [
    Route("/answers", _questions),
    Route(PLACE, _question),
    Route(PLACE + "/next", _next),
    Route(PLACE + "/{token}", _answer),
    Route(PLACE + "/{token}", _save, methods=["POST"]),
]
