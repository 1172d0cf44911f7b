"""Classes in attributes that are misspelt, encoded, cut off, quoted twice or not at all."""

TEXTS = (
    "<div class=full-credit>Click 1</div>",
    "<div\x0cclass='full-credit'>Click 2</div>",
    "<div/class=full-credit/id=x>Click 3</div>",
    '<div class="full&#45;credit" i&#100;=x>Click 4</div>',
    '<div "class=full-credit" class="full-credit">Click 5</div>',
    "<div class=`full-credit` CLaSS=full-credit>Click 6</div>",
    '<div x="\\\\"" class="full-credit">Click 7</div>',
    "<div title='<div class=full-credit>Click 8</div>'>Click 8</div>",
    "&lt;div class=full-credit&gt;Click 9&lt;/div&gt;",
    "&amp;lt;div class=full-credit&amp;gt;Click 10",
    "<!--><div class=full-credit>Click 11</div>-->",
    "<![CDATA[><div class=full-credit>Click 12</div>]]>",
    "<style><!--</style><div class=full-credit>Click 13--></div>",
    "<noscript><p title='</noscript><div class=full-credit>Click 14'></noscript>",
    "<math><mtext><table><mglyph><style><!--</style><div class=full-credit>Click 15-->",
    "<svg></p><style><a id='</style><div class=full-credit>Click 16'>",
    "<form><math><mtext></form><form><mglyph><style></math><div class=full-credit>Click 17",
    "<template><div class=full-credit>Click 18</div></template>",
    "<div cl\x00ass=full-credit>Click 19</div>",
    "<<div class=full-credit>div class=full-credit>Click 20</div>",
    "\ufeff<div class=full-credit>Click 21</div>",
    "<div class=full-credit",
)
SOURCE = f"""
from IPython.display import HTML, Latex, Markdown, display
print("printed")
texts = {TEXTS!r}
for text in texts:
    display(HTML(text), Markdown(text), Latex(text))
"""
CELLS = [("code", SOURCE), *(("markdown", text) for text in TEXTS)]
EVIDENCE = r"(?s)printed.*Click 1"
