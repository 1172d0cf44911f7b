"""examples/desk: a course is copied while its desk runs, and the copy can be served."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.desk.graders import Graders
from grader.desk.watch import Journal, Watch
from grader.grading.batch import autograde
from tests.kit.course import RIGHT, release_by_hand
from tests.kit.crew import CrewOfOne
from tests.kit.desk import Lines, TestDesk, open_desk
from tests.kit.files import ROOT
from tests.kit.notebooks import answered

EXAMPLES = ROOT / "examples" / "desk"
PAGES = ("/", "/assignments/tiny", "/assignments/tiny/attempts/1", "/assignments/tiny/attempts/2")


def backup(course: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / "backup.py"), str(course), str(target)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600)


@pytest.fixture
def desk(course: Course) -> Iterator[TestDesk]:
    with open_desk(course) as opened:
        yield opened


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is not in the course."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.mark.slow
def test_a_copy_made_while_the_desk_runs_shows_the_same_pages_in_another_folder(
    desk: TestDesk, elsewhere: Path
) -> None:
    notebook, mira = answered(release_by_hand(desk.course), **RIGHT), desk.browser("mira")
    lines = Lines()
    desk.receipts.watch = Watch(Journal(lines))
    with Graders(desk.files, desk.receipts, CrewOfOne(), desk.warnings.append):
        mira.hand_in(notebook)
        lines.await_told("kept", 1)
        mira.hand_in(notebook)
        lines.await_told("kept", 2)
        done = backup(desk.course.root, elsewhere / "copies" / "monday")
    assert (done.returncode, done.stderr) == (0, "")
    assert not list((elsewhere / "copies" / "monday").glob("*-wal"))
    root = elsewhere / "restored"
    shutil.copytree(elsewhere / "copies" / "monday", root)
    with closing(TestDesk(Course.load(root))) as restored:
        same = restored.browser()
        same.cookies = mira.cookies
        for path in PAGES:
            before, after = mira.get(path), same.get(path)
            assert (before.status_code, before.text) == (after.status_code, after.text)
        assert restored.receipts.length() == 0
    assert autograde(Course.load(root), "tiny", crew=CrewOfOne()).unchanged == 1


@pytest.mark.slow
def test_what_waits_in_the_copy_is_graded_there(desk: TestDesk, elsewhere: Path) -> None:
    desk.browser("mira").hand_in(answered(release_by_hand(desk.course), **RIGHT))
    assert desk.receipts.take() is not None  # it runs here while the copy is made
    assert backup(desk.course.root, elsewhere / "copy").returncode == 0
    lines = Lines()
    with closing(TestDesk(Course.load(elsewhere / "copy"))) as restored:
        restored.receipts.watch = Watch(Journal(lines))
        with Graders(restored.files, restored.receipts, CrewOfOne(), restored.warnings.append):
            lines.await_told("kept", 1)
        (receipt,) = restored.receipts.of("mira", "tiny")
        assert receipt.state == "done"


def test_a_copy_is_whole_private_and_never_over_another(desk: TestDesk, elsewhere: Path) -> None:
    target = elsewhere / "copy"
    (desk.course.root / "links.csv").write_text("secret", encoding="utf-8")
    assert backup(desk.course.root, target).returncode == 0
    assert not (target / "links.csv").exists() and (target / "solutions").is_dir()
    assert target.stat().st_mode & 0o077 == 0
    assert (target / "desk.db").stat().st_mode & 0o077 == 0
    again = backup(desk.course.root, target)
    assert again.returncode == 1 and "is there already" in again.stderr
    inside = backup(desk.course.root, desk.course.root / "copy")
    assert inside.returncode == 1 and "is in the course folder" in inside.stderr
    nowhere = backup(elsewhere / "nothing", elsewhere / "other")
    assert nowhere.returncode == 1 and "no course.yml" in nowhere.stderr
    assert not (elsewhere / "other").exists() and not (desk.course.root / "copy").exists()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_knows_every_line_of_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "chainrule-desk.service"
    text = (EXAMPLES / unit.name).read_text(encoding="utf-8")
    unit.write_text(text.replace("/opt/chainrule/bin/grader", sys.executable), encoding="utf-8")
    command = ["systemd-analyze", "verify", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert unit.name not in done.stderr


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_nginx_takes_the_example(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=desk"]
    files = ["-keyout", str(key), "-out", str(certificate), "-days", "1"]
    subprocess.run([*make, *files], check=True, capture_output=True, timeout=600)
    text = (EXAMPLES / "nginx.conf").read_text(encoding="utf-8")
    live = "/etc/letsencrypt/live/desk.example.edu"
    for old, new in {
        f"{live}/fullchain.pem": str(certificate),
        f"{live}/privkey.pem": str(key),
        "/var/log/nginx": str(tmp_path),
    }.items():
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "desk.conf").write_text(text, encoding="utf-8")
    whole = f"pid {tmp_path}/pid; events {{}} http {{ include {tmp_path}/desk.conf; }}"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    command = ["nginx", "-t", "-e", "stderr", "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
