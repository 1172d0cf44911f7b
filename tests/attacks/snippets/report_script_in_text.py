"""A text cell with HTML, scripts and links that are more than text."""

SOURCE = """
# The text
<script>alert(1)</script> <img src=x onerror=alert(1)> <svg/onload=alert(1)>

[a link](javascript:alert(1)) [another](data:text/html,<script>alert(1)</script>)
<javascript:alert(1)>

![an image](x" onerror="alert(1)) ![data](data:image/svg+xml;base64,PHN2Zz4=) <http://evil.example/>

| a | b |
|---|---|
| <script>alert(1)</script> | `<b onclick=alert(1)>` |

<details open ontoggle=alert(1)>
<style>* { display: none }</style>
</details>
"""
CELLS = [("markdown", SOURCE), ("raw", SOURCE.replace("The text", "The raw text"))]
EVIDENCE = r"(?s)The text.*<script>alert\(1\)</script>.*The raw text"
