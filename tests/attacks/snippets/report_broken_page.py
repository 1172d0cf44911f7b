"""Output that ends the page's own elements, hides them, or covers them."""

SOURCE = """
from IPython.display import HTML, display
display(HTML("first</div></pre></section></body></html><style>.total{display:none}</style><!--"))
display(HTML("<div style='position:fixed;inset:0;background:#fff' class=total>second</div>"))
display(HTML("<table><tr><td>third<plaintext><xmp><noscript><title></title><textarea>"))
display(HTML("<![CDATA[ <p id=scores>fourth ]]> <template><p>x</template> <select><option>"))
print("fifth</pre></body></html><!--")
"""
CELLS = [("code", SOURCE), ("markdown", "sixth</div><!-- \n\n```\nseventh</pre><!--")]
EVIDENCE = r"(?s)first.*second.*third.*fifth</pre>.*sixth</div>.*seventh</pre>"
