"""Macros of MathJax that make classes, ids, styles and links, in every place that has formulas."""

MACROS = (
    r"\class{full-credit}{Click}",
    r"\cssId{test_target}{Click}",
    r"\style{position:fixed}{Click}",
    r"\href{javascript:alert(1)}{Click}",
    r"\require{html}\class{full-credit}{Click}",
    r"\data{toggle=modal}{Click}",
    r"\unicode{x3c}\class {full-credit} {Click}",
    r"\let\x\class \x{full-credit}{Click}",
    r"\def\x{\class}\x{full-credit}{Click}",
    r"\newcommand\x{\cssId}",
    r"\csname class\endcsname{full-credit}{Click}",
    r"\begin{class}{full-credit}Click\end{class}",
    r"\mmlToken{mi}[class='full-credit']{Click}",
    r"\texttip{Click}{full-credit}",
    r"\toggle{Click}{full-credit}\endtoggle",
    r"\includegraphics{http://evil.example/1}",
    r"\bbox[background:url(//evil.example)]{Click}",
)
SOURCE = rf"""
from IPython.display import HTML, Latex, Markdown, Math, display
print("printed")
for macro in {MACROS!r}:
    for text in (f"${{macro}}$", f"$${{macro}}$$", rf"\({{macro}}\)"):
        display(Latex(text), Markdown(text), HTML(f"<p>{{text}}</p>"))
        print(text)
    display(Math(macro))
raise ValueError(" ".join(f"${{macro}}$" for macro in {MACROS!r}))
"""
CELLS = [
    ("code", SOURCE),
    ("markdown", "\n\n".join(f"Text ${macro}$ and\n\n$${macro}$$" for macro in MACROS)),
]
EVIDENCE = r"(?s)printed.*Click"
