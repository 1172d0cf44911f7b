"""Every element of HTML, SVG and MathML with every attribute that a script or a style goes by."""

ELEMENTS = """
a abbr address area article aside b base bdi bdo big blockquote br button canvas caption center
cite code col colgroup custom-element data datalist dd del details dfn dialog dir div dl dt em
embed fieldset figcaption figure font footer form frame frameset g h1 h6 head header hgroup hr
html i iframe img input ins kbd label legend li link main map mark marquee math menu meta meter
nav noscript object ol optgroup option output p param picture plaintext pre progress q rp rt ruby
s samp search section select slot small source span strong sub summary sup svg table tbody td
template textarea tfoot th thead time title tr track tt u ul use var video wbr xmp annotation-xml
foreignObject mtext mglyph desc
""".split()
ATTRIBUTES = (
    'class="full-credit" CLASS="no-credit" id="test_target" name="score" role="button" '
    'data-toggle="modal" data-target="#x" aria-label="x" is="x" slot="x" part="x" for="x" form="x" '
    'itemid="x" itemprop="x" about="x" property="x" contenteditable tabindex="1" accesskey="s" '
    'autofocus popover popovertarget="x" onclick="x()" style="position:fixed" hidden draggable'
)
HTML = "".join(f"<{name} {ATTRIBUTES}>Click {name}</{name}>" for name in ELEMENTS)
SOURCE = f"""
from IPython.display import HTML, Markdown, display
print("printed")
html = {HTML!r}
for start in range(0, len(html), 2500):
    display(HTML(html[start : start + 2500]))
display(Markdown(html[:9000]))
"""
CELLS = [("code", SOURCE), ("markdown", HTML[:9000])]
EVIDENCE = r"(?s)printed.*Click div"
