"""Everything in Markdown that becomes an attribute: languages, titles, targets, notes and lists."""

TEXT = """
# Click {.full-credit #test_target role=button}

```full-credit mark-graded" class="full-credit
Click me
```

~~~ {.full-credit}
Click me
~~~

[Click](#x "full-credit"){.full-credit} ![Click](data:image/png;base64,AA "x\" class=\"full-credit")
[Click][full-credit] [^full-credit] <full-credit:x> <a@full.credit>

[full-credit]: x" class="full-credit
[^full-credit]: Click me

- [x] Click me
- [ ] <span class="full-credit">Click</span>

| Click {.full-credit} | b |
|:---|---:|
| <b class="full-credit">Click</b> | `<b class="full-credit">` |

<details class="full-credit"><summary id="x">Click</summary>

**Click**{: .full-credit #x }

</details>

::: full-credit
Click
:::

H~2~O ==Click== [[full-credit]] :full-credit: @full-credit $`class="full-credit"`$
*[Click]: full-credit
"""
SOURCE = f"""
from IPython.display import Markdown, display
print("printed")
display(Markdown({TEXT!r}))
"""
CELLS = [("code", SOURCE), ("markdown", TEXT), ("raw", TEXT)]
EVIDENCE = r"(?s)printed.*Click me"
