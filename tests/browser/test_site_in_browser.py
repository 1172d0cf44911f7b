"""The static site in a real browser: from its first page into a notebook, and from nowhere else.

The Python in it is not started, because that takes a runtime of 400 MB.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, expect

from grader.course.settings import Course
from grader.release.site import write_site
from tests.kit.files import ROOT
from tests.kit.site import archive_of_runtime

pytestmark = pytest.mark.browser


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    runtime = archive_of_runtime(folder / "runtime.tar.bz2")
    write_site(Course.load(ROOT), ("backprop",), folder / "site", runtime)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder / "site")))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_click_opens_the_notebook_and_all_comes_from_the_site(
    browser: Browser, address: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text(Course.load(ROOT).name)
    page.get_by_role("link", name="Backpropagation, gate by gate").click()
    notebook = page.locator(".jp-Notebook")
    expect(notebook.get_by_role("heading", name="Set-up")).to_be_attached(timeout=120_000)
    expect(page.get_by_text("Python (Pyodide)")).to_be_visible(timeout=120_000)
    elsewhere = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    context.close()
    assert elsewhere == []
    assert f"{address}lite/files/backprop/backprop.ipynb" in {url.split("?")[0] for url in asked}
