"""Our example for JupyterHub, in a real hub with its proxy, and two people's browsers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.watched import ID
from tests.kit.files import ROOT
from tests.kit.processes import free_ports

NODE = ROOT / "tests" / "node" / "node_modules" / ".bin"
PROXY = shutil.which(
    "configurable-http-proxy", path=os.pathsep.join([str(NODE), os.environ.get("PATH", "")])
)
READY = "JupyterHub is now running"
GIT = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.edu", "-c", "commit.gpgsign=0"]

# What a site decides for itself: who signs in how, and where servers run.
SITE = """\
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "secret"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r}
c.Spawner.args = {arguments!r}
c.JupyterHub.db_url = "sqlite://"
c.JupyterHub.bind_url = "http://127.0.0.1:{}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{}"
c.ConfigurableHTTPProxy.command = [{proxy!r}]
load_subconfig({ours!r})
c.JupyterHub.services[0]["command"] += {arguments!r}
"""

SignedIn = Callable[[str], Page]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not PROXY, reason="configurable-http-proxy is not installed (tests/node)"),
]


@dataclass(frozen=True)
class Hub:
    """A running hub: its address, and the folder of its students' homes."""

    url: str
    homes: Path


@pytest.fixture(scope="module")
def hub(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("hub")
    *ports, own = free_ports(4)
    config = folder / "jupyterhub_config.py"
    site = SITE.format(
        *ports,
        proxy=PROXY,
        homes=str(folder / "homes" / "{username}"),
        arguments=["--allow-root"] if os.geteuid() == 0 else [],
        ours=str(ROOT / "examples" / "jupyterhub" / "jupyterhub_config.py"),
    )
    config.write_text(f"c = get_config()\n{site}", encoding="utf-8")
    environment = {
        **os.environ,
        "CHAINRULE_COURSE": str(course),
        "CHAINRULE_INSTRUCTORS": "ada,bela",
        "CHAINRULE_PORT": str(own),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }
    command = [sys.executable, "-m", "jupyterhub", "--config", str(config)]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        said = []
        for line in process.stderr:
            said.append(line)
            if READY in line:
                break
        else:
            pytest.fail("".join(said))
        with (folder / "hub.log").open("w") as log:  # a full pipe would stop the hub
            drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=log)
        yield Hub(f"http://127.0.0.1:{ports[0]}", folder / "homes")
        process.terminate()
        process.wait(60)
        drain.wait(60)


@pytest.fixture(scope="module")
def signed_in(hub: Hub, browser: Browser) -> Iterator[SignedIn]:
    """Opens a tab of somebody who has signed in; `signed_in(name)`."""
    contexts = []

    def sign_in(name: str) -> Page:
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.goto(f"{hub.url}/hub/login")
        page.fill("#username_input", name)
        page.fill("#password_input", "secret")
        page.click("#login_submit")
        return page

    yield sign_in
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the release of an assignment, as an instructor puts it for students."""
    folder = tmp_path_factory.mktemp("published") / "homework"
    shutil.copytree(ROOT / "assignments" / "backprop", folder / "backprop")
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "Week 1"]):
        subprocess.run([*GIT, *command], cwd=folder, check=True)
    return folder


def test_an_instructor_opens_formgrader_in_a_tab_of_its_own(hub: Hub, signed_in: SignedIn) -> None:
    page = signed_in("ada")
    page.goto(f"{hub.url}/services/course/formgrader")
    expect(page.locator("table")).to_contain_text(ID, timeout=60_000)


def test_a_student_does_not_get_into_the_server_of_the_course(
    hub: Hub, signed_in: SignedIn
) -> None:
    page = signed_in("cem")
    for path in ("formgrader", "lab", "files/course.yml", "api/contents/solutions"):
        answer = page.goto(f"{hub.url}/services/course/{path}")
        assert answer and answer.status == 403, path


def test_no_page_of_the_hub_can_be_framed_so_formgrader_needs_its_own_tab(
    hub: Hub, signed_in: SignedIn
) -> None:
    answer = signed_in("bela").goto(f"{hub.url}/services/course/formgrader")
    assert answer
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_a_link_brings_the_release_and_keeps_what_a_student_wrote(
    hub: Hub, signed_in: SignedIn, releases: Path
) -> None:
    page = signed_in("cem")
    query = urlencode(
        {
            "repo": releases.as_uri(),
            "branch": "main",
            "urlpath": "lab/tree/homework/backprop/backprop.ipynb",
        }
    )
    link = f"{hub.url}/hub/user-redirect/git-pull?{query}"
    page.goto(link)
    expect(page.locator(".jp-Notebook")).to_contain_text(
        "Backpropagation, gate by gate", timeout=60_000
    )
    mine = hub.homes / "cem" / "homework" / "backprop" / "backprop.ipynb"
    written = mine.read_text(encoding="utf-8").replace("raise NotImplementedError()", "pass", 1)
    mine.write_text(written, encoding="utf-8")
    (releases / "news.md").write_text("The due date has moved.\n", encoding="utf-8")
    for command in (["add", "."], ["commit", "-qm", "News"]):
        subprocess.run([*GIT, *command], cwd=releases, check=True)
    page.goto(link)
    page.wait_for_url("**/lab/**", timeout=60_000)
    assert mine.read_text(encoding="utf-8") == written
    assert (hub.homes / "cem" / "homework" / "news.md").exists()
