"""Finds submissions that are more alike than usual in the class: evidence for a person, no verdict.

Each answer is a sequence of normalised words (see `grader.pages.words`), without the words of the
release. Its grams, which are short runs of words, have a weight: log2(n / number of the n students
who wrote the gram). So a gram that most of the class wrote has little weight, and one that only two
wrote has most. The similarity of two submissions compares the weight of the grams that both have
with the weight of the grams that either has. Each question's shared weight is multiplied by how
alike the two sequences are as a whole (the Indel similarity of rapidfuzz).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

from grader.notebook import Notebook
from grader.pages.words import Answer, Word, answers, grams, vocabulary

__all__ = ["Likeness", "Pair", "SharedAnswer", "compare"]

Gram = tuple[str, ...]
MIN_STUDENTS = 3  # with two, nothing can be called rare
RARE_BITS = 1.0  # weight of a gram that half of the class wrote
SHOWN_LINES = 60
# People who copy code often write the text themselves, so text counts less than code.
PROSE_SHARE = 0.3
LEAST_SHARE = 0.08  # a question with less of the weight that a pair shares is not shown
SAME, LONG = 0.8, 0.2  # of one common answer: similarity, and share of a usual submission


@dataclass(frozen=True)
class Line:
    """A line of an answer; `is_shared` if most of it is in the other one and rare in the class."""

    text: str
    is_shared: bool


@dataclass(frozen=True)
class SharedAnswer:
    """The two answers of a pair to one question, and how alike they are.

    Args:
        question: its name; "" for code in cells that the students added.
        score: similarity of the answers, from 0 to 1.
        sides: the lines of both answers, without those of the release.
    """

    question: str
    score: float
    sides: tuple[tuple[Line, ...], tuple[Line, ...]]


@dataclass(frozen=True)
class Pair:
    """Two submissions, or their answers to one question, and how alike they are, from 0 to 1."""

    first: str
    second: str
    score: float
    question: str | None = None


class Likeness:
    """The similarity of every pair of a class.

    Args:
        students: ids, in the order of the rows.
        by_question: the comparison of all answers to a question, by its name.
    """

    def __init__(self, students: Sequence[str], by_question: Mapping[str, _Comparison]) -> None:
        self.students = tuple(students)
        self._by_question = dict(by_question)

    @cached_property
    def scores(self) -> np.ndarray:
        """Similarity of every two students, shape (n, n), from 0 to 1."""
        comparisons = self._by_question.values()
        weighed = sum(c.shared * c.alike for c in comparisons)
        union = sum(c.shared + c.share * (c.union - c.shared) for c in comparisons)
        # Two short answers are often the same, so short ones are measured by the usual weight.
        return np.asarray(weighed / np.maximum(np.maximum(union, self._usual / 2), 1e-9))

    @cached_property
    def _usual(self) -> float:
        """Median weight of one student's submission."""
        return float(np.median(sum(c.share * c.own for c in self._by_question.values())))

    @cached_property
    def pairs(self) -> list[Pair]:
        """All pairs, the most similar first."""
        rows, columns = np.triu_indices(len(self.students), 1)
        scores = self.scores[rows, columns]
        return [
            Pair(self.students[rows[k]], self.students[columns[k]], float(scores[k]))
            for k in np.argsort(-scores, kind="stable")
        ]

    @cached_property
    def same_answers(self) -> list[Pair]:
        """Pairs with one long answer that is nearly the same, the longest first."""
        found = []
        for question, comparison in self._by_question.items():
            is_same = comparison.score >= SAME
            is_long = comparison.shared >= LONG * self._usual
            for i, j in np.argwhere(np.triu(is_same & is_long, 1)):
                score = float(comparison.score[i, j])
                pair = Pair(self.students[i], self.students[j], score, question)
                found.append((-comparison.shared[i, j], pair))
        return [pair for _, pair in sorted(found, key=lambda item: item[0])]

    def usual(self, share: float) -> float:
        """The similarity below which a given share of all pairs lies.

        Args:
            share: from 0 to 1; 0.5 gives the median.
        """
        return float(np.quantile(self.scores[np.triu_indices(len(self.students), 1)], share))

    def evidence(self, pair: Pair) -> list[SharedAnswer]:
        """The questions that make a pair similar, the one with most weight first.

        Args:
            pair: one of `pairs` or `same_answers`.
        """
        i, j = self.students.index(pair.first), self.students.index(pair.second)
        chosen = {q: c for q, c in self._by_question.items() if pair.question in (None, q)}
        weight = {question: float(c.shared[i, j]) for question, c in chosen.items()}
        least = LEAST_SHARE * sum(weight.values())
        telling = [q for q in sorted(weight, key=lambda q: -weight[q]) if weight[q] > least]
        return [
            SharedAnswer(q, float(chosen[q].score[i, j]), chosen[q].sides(i, j)) for q in telling
        ]


def compare(release: Notebook, submissions: Mapping[str, Notebook]) -> Likeness | None:
    """Compare all submissions with each other.

    Args:
        release: the assignment's released notebook.
        submissions: repaired notebooks by student.

    Returns:
        The similarities; None if there are fewer than `MIN_STUDENTS` submissions.
    """
    if len(submissions) < MIN_STUDENTS:
        return None
    known = vocabulary(release)
    given = answers(release, known)
    written = [answers(notebook, known) for notebook in submissions.values()]
    questions = dict.fromkeys(question for student in written for question in student)
    nothing = Answer("", ())
    by_question = {
        question: _Comparison(
            given.get(question, nothing), [student.get(question, nothing) for student in written]
        )
        for question in questions
    }
    return Likeness(tuple(submissions), by_question)


class _Comparison:
    """The answers to one question, each compared with each.

    Args:
        given: the text of the release.
        written: the answer of each student.
    """

    def __init__(self, given: Answer, written: Sequence[Answer]) -> None:
        template = set(grams(given.words))
        self._given = {line.strip() for line in given.source.split("\n")}
        self._written = written
        # Dicts keep the order, so that sums do not depend on the hashes of this run.
        self._grams = [
            dict.fromkeys(gram for gram in grams(answer.words) if gram not in template)
            for answer in written
        ]
        counts = Counter(gram for grams_of_one in self._grams for gram in grams_of_one)
        n = len(written) + 1  # so that a gram has some weight even if everybody wrote it
        self._weights = {gram: float(np.log2(n / count)) for gram, count in counts.items()}
        self.own = np.array([sum(map(self._weights.__getitem__, one)) for one in self._grams])
        self.shared = self._weigh_shared([g for g, count in counts.items() if count > 1])
        self.union = self.own[:, None] + self.own[None, :] - self.shared
        self.alike = _sequence_similarity([answer.words for answer in written], template)
        self.share = PROSE_SHARE if any(answer.is_prose for answer in written) else 1.0

    @cached_property
    def score(self) -> np.ndarray:
        """Similarity of the answers to this question alone, shape (n, n), from 0 to 1."""
        share = self.shared * self.alike / np.maximum(self.union, 1e-9)
        return np.asarray(share.clip(0, 1))

    def _weigh_shared(self, repeated: Sequence[Gram]) -> np.ndarray:
        """Weight of the grams that each pair shares, shape (n, n)."""
        place = {gram: index for index, gram in enumerate(repeated)}
        has = np.zeros((len(self._grams), len(place)), np.float32)
        for row, one in enumerate(self._grams):
            has[row, [place[gram] for gram in one if gram in place]] = 1
        weights = np.array([self._weights[gram] for gram in repeated], np.float32)
        return np.asarray((has * weights) @ has.T, dtype=float)

    def sides(self, i: int, j: int) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        """The lines of two answers.

        Args:
            i: number of the first student.
            j: number of the second student.
        """
        both = self._grams[i].keys() & self._grams[j].keys()
        rare = {gram for gram in both if self._weights[gram] >= RARE_BITS}
        return self._lines(self._written[i], rare), self._lines(self._written[j], rare)

    def _lines(self, answer: Answer, rare: set[Gram]) -> tuple[Line, ...]:
        covered = _covered(answer.words, rare)
        total = Counter(word.line for word in answer.words)
        shared = Counter(word.line for word, hit in zip(answer.words, covered, strict=True) if hit)
        lines = [
            Line(text, 2 * shared[number] > total[number])
            for number, text in enumerate(answer.source.split("\n"))
            if text.strip() and (text.startswith("def ") or text.strip() not in self._given)
        ]
        return tuple(lines[:SHOWN_LINES])


def _covered(words: Sequence[Word], chosen: set[Gram]) -> list[bool]:
    """Whether each word is part of one of the chosen grams."""
    covered = [False] * len(words)
    for start, gram in enumerate(grams(words)):
        if gram in chosen:
            covered[start : start + len(gram)] = [True] * len(gram)
    return covered


def _sequence_similarity(sequences: Sequence[Sequence[Word]], template: set[Gram]) -> np.ndarray:
    """Indel similarity of the words that are not from the release, shape (n, n), from 0 to 1."""
    letters: dict[str, str] = {}  # one for each word, since rapidfuzz is fastest on text
    texts = []
    for words in sequences:
        pairs = zip(words, _covered(words, template), strict=True)
        own = (word.text for word, is_given in pairs if not is_given)
        texts.append("".join(letters.setdefault(text, _letter(len(letters))) for text in own))
    scorer = Indel.normalized_similarity
    return np.asarray(process.cdist(texts, texts, scorer=scorer, dtype=np.float32), dtype=float)


def _letter(number: int) -> str:
    return chr(0x10000 + number % 0xFFFFF)
