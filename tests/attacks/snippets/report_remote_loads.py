"""Output that loads something from elsewhere, and so tells who looks at it and when."""

SOURCE = """
from IPython.display import HTML, display
URL = "http://evil.example/seen?x="
display(HTML(f'''begin of loads
<img src={URL}1><img srcset="{URL}2 2x"><picture><source srcset="{URL}3"></picture>
<div style="background: url({URL}4)">x</div>
<style>@import "{URL}5"; b {{ background: url({URL}6) }}</style>
<link rel=stylesheet href={URL}7><link rel=dns-prefetch href={URL}8><link rel=icon href={URL}8b>
<iframe src={URL}9></iframe><embed src={URL}10><object data={URL}11></object>
<video poster={URL}12><source src={URL}13></video><audio src={URL}14></audio><track src={URL}15>
<table background={URL}16><tr><td background={URL}17>x</td></tr></table>
<input type=image src={URL}18>
<svg><image href="{URL}19" xlink:href="{URL}20"/><use href="{URL}21"/></svg>
<math href="{URL}22">x</math>
<meta http-equiv=refresh content="0; url={URL}23"><base href="{URL}24"><form action={URL}25></form>
<a href="{URL}26" ping="{URL}27">a link</a><script src={URL}28></script>
<img src="//evil.example/29"><img src="data:image/svg+xml,%3Csvg onload=alert(1)%3E">
end of loads'''))
display({"image/png": "http://evil.example/30", "text/plain": "last of loads"}, raw=True)
"""
CELLS = [("code", SOURCE), ("markdown", "![](http://evil.example/31) a picture in text")]
EVIDENCE = r"(?s)begin of loads.*end of loads.*last of loads.*a picture in text"
