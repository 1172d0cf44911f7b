"""Pictures in text cells: found under whatever name an editor gave them."""

from __future__ import annotations

import base64
import time
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.pictures import MAX_PICTURES, illustrated
from grader.intake.rebuild import rebuild
from tests.kit.notebooks import answered, make_cell
from tests.kit.submissions import FORWARD, RELEASE, repaired, source, told

PNG = {"image/png": "iVBORw0KGgo="}
SVG = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
SVG_DATA = base64.b64encode(SVG.encode()).decode()
LOST = (
    "A picture in the cell {} is not in your notebook, so its name is shown as text. Paste "
    "pictures into the cell itself."
)


def with_picture(text, **attachments):
    """A text cell with attachments."""
    return {**make_cell("x", text, "markdown"), "attachments": attachments}


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("image (1).png", "![sketch](attachment:image%20(1).png)"),
        ("image (1).png", "![sketch](attachment:image%20%281%29.png)"),
        ("image (1).png", "![sketch](<attachment:image (1).png>)"),
        ("image (1).png", "![sketch](attachment:image (1).png)"),
        ("image(1.png", "![sketch](attachment:image(1.png)"),
        ("image[1].png", "![sketch](attachment:image[1].png)"),
        ("a_b.png", r"![sketch](attachment:a\_b.png)"),
        ("50% é.png", "![sketch](attachment:50%25%20%C3%A9.png)"),
        ("e\u0301.png", "![sketch](attachment:é.png)"),
        ("é.png", "![sketch](attachment:e%cc%81.png)"),
        ("图片.png", "![sketch](attachment:图片.png)"),
        ("图片.png", "![sketch](attachment:%E5%9B%BE%E7%89%87.png)"),
        ("صورة ١.png", '![sketch](attachment:صورة%20١.png "A title")'),
        ("a & b.png", "![sketch](attachment:a%20&amp;%20b.png)"),
        ("a & b.png", "<img src='attachment:a &amp; b.png' alt=\"sketch\" width=400>"),
        ("a b.png", "<div>\n<img width='3' alt=sketch src=\"attachment:a%20b.png\"/></div>"),
    ],
)
def test_an_attachment_is_found_however_its_name_is_written(name, reference):
    found = illustrated([with_picture(f"See {reference}.", **{name: PNG})])
    (plain,) = found.attachments
    assert f"![sketch](attachment:{plain})" in found.source
    assert plain.isascii() and not set(plain) & set(" ()[]%")
    assert (found.attachments, found.has_lost) == ({plain: PNG}, False)


def test_a_named_reference_is_found():
    found = illustrated([with_picture("![a][1]\n\n[1]: attachment:a%20b.png", **{"a b.png": PNG})])
    assert found.source == "![a][1]\n\n[1]: attachment:picture-1.png"


@pytest.mark.parametrize(
    ("bundle", "kind", "data"),
    [
        (PNG, "image/png", "iVBORw0KGgo="),
        ({"image/jpg": "/9j/\n4A=="}, "image/jpeg", "/9j/4A=="),
        ({"IMAGE/GIF": ["R0lG", "ODlh"]}, "image/gif", "R0lGODlh"),
        ({"image/webp": "data:image/webp;base64,UklG"}, "image/webp", "UklG"),
        ({"image/svg+xml": SVG}, "image/svg+xml", SVG_DATA),
        ({"image/svg+xml": [SVG]}, "image/svg+xml", SVG_DATA),
        ({"image/svg+xml": SVG_DATA}, "image/svg+xml", SVG_DATA),
    ],
)
def test_each_type_that_a_page_may_show_is_kept_as_one_line_of_base64(bundle, kind, data):
    found = illustrated([with_picture("![](attachment:a)", a=bundle)])
    assert found.attachments == {"a": {kind: data}}


@pytest.mark.parametrize(
    "bundle", [{"text/html": "PHA+"}, {"image/png": '"><script>'}, {"image/tiff": "SUkq"}, {}, 3]
)
def test_what_is_no_picture_is_left_out(bundle):
    found = illustrated([with_picture("![my sketch](attachment:a.png)", **{"a.png": bundle})])
    assert (found.source, found.attachments) == ("my sketch (a.png)", {})
    assert found.has_lost


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("![sketch](attachment:gone.png)", "sketch (gone.png)"),
        ("![](attachment:gone%20(2).png)", "(gone (2).png)"),
        ("![sketch](photo.jpg)", "sketch (photo.jpg)"),
        ("![sketch](https://example.org/a.png)", "sketch (a.png)"),
        ('x <img src="C:\\a.png" alt="sketch">', "x sketch (C:\\a.png)"),
        ("![![b](attachment:x)](attachment:y)", "[b](attachment:x) (y)"),
        ("![a][1]\n\n[1]: attachment:gone.png", "![a][1]\n\n1"),
        ("![a](data:text/html;base64,PHA+)", "a"),
    ],
)
def test_a_reference_that_leads_nowhere_becomes_text(reference, text):
    found = illustrated([with_picture(reference)])
    assert (found.source, found.attachments, found.has_lost) == (text, {}, True)


@pytest.mark.parametrize(
    "text",
    [
        "![a](data:image/png;base64,iVBO)",
        "Write `![a](attachment:b.png)` for a picture.",
        "```\n![a](attachment:b.png)\n```",
        "No picture! [a](b) ![c] (d) ![",
    ],
)
def test_other_text_stays_as_it_is(text):
    assert illustrated([with_picture(text)]).source == text


def test_pictures_of_the_same_name_in_two_cells_are_both_kept():
    other = {"image/png": "AAAA"}
    cells = [with_picture("![](attachment:a.png)", **{"a.png": one}) for one in (PNG, other, PNG)]
    found = illustrated(cells)
    assert found.source == "![](attachment:a.png)\n\n![](attachment:picture-1.png)"
    assert found.attachments == {"a.png": PNG, "picture-1.png": other}


def test_pictures_are_kept_in_answers_beside_them_and_in_added_cells():
    submitted = answered(RELEASE, forward=FORWARD)
    picture = with_picture("![](attachment:a b.png)", **{"a b.png": PNG})
    submitted["cells"].insert(9, deepcopy(picture))
    submitted["cells"].insert(3, {**picture, "cell_type": "raw"})
    intake = rebuild(submitted, RELEASE)
    for place in (3, 9):
        assert repaired(intake)["cells"][place]["attachments"] == {"picture-1.png": PNG}
    assert source(intake.notebook, "explain") == "![](attachment:picture-1.png)"


def test_notes_name_the_cells_whose_pictures_are_lost():
    submitted = answered(RELEASE, explain="![](attachment:a.png)")
    assert LOST.format("explain") in told(rebuild(submitted, RELEASE))
    submitted = answered(RELEASE, explain="Because.")
    submitted["cells"].insert(3, make_cell("x", "![](a.png)", "markdown"))
    assert LOST.format("number 4") in told(rebuild(submitted, RELEASE))


PIECES = [
    "![",
    "](",
    ")",
    "[",
    "]",
    "attachment:",
    "a b.png",
    "`",
    "<img src=",
    ">",
    "\n",
    " ",
    '"',
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_whatever_is_written_the_text_can_be_written_again_and_stays(text):
    found = illustrated([with_picture(text, **{"a b.png": PNG})])
    again = illustrated([with_picture(found.source, **found.attachments)])
    assert again.attachments == found.attachments


RUNS = "".join("`" * length + "x" for length in range(1, 200))


@pytest.mark.parametrize(
    "unit",
    ["![](attachment:)", "<img>", "`", RUNS, "![[", "![a](", "<img src='", "[a]: attachment:x\n"],
)
def test_time_grows_no_faster_than_a_hostile_text(unit: str) -> None:
    """Processor time, and far above what is needed: what is quadratic takes hours here."""
    size = 4 << 20
    cell = {**with_picture(unit * (size // len(unit))), "attachments": {}}
    began = time.process_time()
    found = illustrated([cell])
    assert time.process_time() - began < 60
    assert len(found.source) < 2 * size


def test_a_hundred_thousand_attachments_are_as_many_as_a_notebook_may_have() -> None:
    pictures = {f"{n}": {"image/png": f"{n:08}"} for n in range(100_000)}
    began = time.process_time()
    found = illustrated([{**with_picture("![a](attachment:99999)"), "attachments": pictures}])
    assert time.process_time() - began < 60
    assert len(found.attachments) == MAX_PICTURES
    assert (found.source, found.has_lost) == ("a (99999)", True)


def test_code_holds_no_pictures_however_it_is_quoted() -> None:
    for text in ("``![a](attachment:x)``", "`a` ```\n![a](attachment:x)\n``` `b`"):
        assert illustrated([with_picture(text)]).source == text
    assert illustrated([with_picture("`` ![a](attachment:x) `")]).source == "`` a (x) `"
