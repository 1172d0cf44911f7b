"""`grader serve --scheduler`: the desk grades on a Dask cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.desk.graders import Graders
from grader.desk.watch import Journal, Watch
from grader.gradebook.records import kept_figures, load_result
from grader.grading.cluster import ClusterCrew
from tests.kit.cluster import cluster
from tests.kit.course import RIGHT, release_by_hand
from tests.kit.desk import Lines, TestDesk, set_course
from tests.kit.notebooks import answered

pytest.importorskip("distributed", reason="Dask is not installed (extra `cluster`)")

pytestmark = pytest.mark.cluster


def test_a_cluster_grades_what_comes_to_the_desk_and_draws_figures_later(
    desk: TestDesk, tmp_path: Path
) -> None:
    set_course(desk.course, "seed: 7", "seed: 7\ndesk: {grades_first_above: 1}")
    lines = Lines()
    desk.receipts.watch = Watch(Journal(lines))
    notebook = answered(release_by_hand(desk.course), **RIGHT)
    for name in ("farah", "mira"):
        desk.browser(name).hand_in(notebook)
    folder = tmp_path / "cluster"
    folder.mkdir()
    with (
        cluster(folder, 1) as address,
        ClusterCrew(address) as crew,
        Graders(desk.files, desk.receipts, crew, desk.warnings.append),
    ):
        lines.await_told("kept", 2)
        lines.await_told("drawn", 1)
    for name in ("farah", "mira"):
        result = load_result(desk.course, "tiny", name)
        assert result is not None and result.score == 6
        assert kept_figures(desk.course, "tiny", name) == "keep"
    assert desk.warnings == []
