"""Where a course keeps what: every path inside its folder."""

from __future__ import annotations

from pathlib import Path

__all__ = ["CoursePaths"]


class CoursePaths:
    """Paths in the folder `root`; `Course` has them.

    Attributes:
        root: the folder of course.yml.
        roster: file name of the roster, relative to `root`.
        extensions: file name of the extensions, relative to `root`.
        groups: file name of the groups, relative to `root`.
    """

    root: Path
    roster: str
    extensions: str
    groups: str

    def solution_dir(self, assignment_id: str) -> Path:
        """The folder with the source of an assignment."""
        return self.root / "solutions" / assignment_id

    def release_dir(self, assignment_id: str) -> Path:
        """The folder with the generated version for students."""
        return self.root / "assignments" / assignment_id

    @property
    def roster_path(self) -> Path:
        """The file that lists who takes the course; it may be missing."""
        return self.root / self.roster

    @property
    def extensions_path(self) -> Path:
        """The file that lists who may hand in later; it may be missing."""
        return self.root / self.extensions

    @property
    def groups_path(self) -> Path:
        """The file that lists who works together; it may be missing."""
        return self.root / self.groups

    @property
    def attempts_dir(self) -> Path:
        """`attempts/<assignment>/<student>/<number>/`: everything that was ever collected."""
        return self.root / "attempts"

    @property
    def submitted_dir(self) -> Path:
        """`submitted/<student>/<assignment>/<assignment>.ipynb`."""
        return self.root / "submitted"

    @property
    def autograded_dir(self) -> Path:
        """nbgrader's folder of executed submissions."""
        return self.root / "autograded"

    @property
    def feedback_dir(self) -> Path:
        """`feedback/<student>/<assignment>/<assignment>.html`."""
        return self.root / "feedback"

    @property
    def reports_dir(self) -> Path:
        """Pages on the class, one for each assignment."""
        return self.root / "reports"

    def results_dir(self, assignment_id: str) -> Path:
        """The folder with the records of an assignment."""
        return self.root / "results" / assignment_id

    def lateness_mark(self, assignment_id: str) -> Path:
        """The file that tells what the lateness in the gradebook was computed from."""
        return self.root / "results" / f"{assignment_id}.late"

    def best_path(self, assignment_id: str) -> Path:
        """The file that tells which member's hand-in is the best of each group."""
        return self.root / "results" / f"{assignment_id}.best"

    def shared_marks_path(self, assignment_id: str) -> Path:
        """The file that tells which points by hand were copied from one member to another."""
        return self.root / "results" / f"{assignment_id}.shared"

    def rubric_ticks_path(self, assignment_id: str) -> Path:
        """The file that tells which lines of a rubric each answer was given."""
        return self.root / "results" / f"{assignment_id}.rubric"

    def given_path(self, assignment_id: str, kind: str) -> Path:
        """The file that tells which pages of an assignment were given to one system.

        Args:
            assignment_id: the assignment's id.
            kind: the system.
        """
        return self.root / "given" / assignment_id / f"{kind}.json"

    def result_path(self, assignment_id: str, student: str) -> Path:
        """The file with the record of one submission.

        Args:
            assignment_id: the assignment's id.
            student: the student's id.
        """
        return self.results_dir(assignment_id) / f"{student}.json"
