"""Cell magics and shell commands, in cells of its own and in the answer itself."""

from tests.attacks.file_attacks import with_cells

LINES = """
!touch /tmp/owned && echo the shell ran
%%bash
echo bash ran
---
%%script perl
print "perl ran";
---
%%writefile /tmp/owned
x
---
%%writefile hidden_tests.py
x
---
%%javascript
document.title = "owned"
---
%%html
<script>document.title = "owned"</script><b>html ran</b>
---
%load_ext autoreload
%run /etc/passwd
%pip install nothing
%cd /
print('reached the end')
"""


def hand_in(folder, honest):
    cells = [
        ("code", text.strip()) for text in LINES.replace("\n%%bash", "\n---\n%%bash").split("---")
    ]
    answer = "%%bash\ntarget() { echo 9; }"
    (folder / honest.name).write_text(with_cells(cells, answer))


EARNED = {"before": 2.0, "target": 0.0, "after": 3.0}
EVIDENCE = r"\A(?!(?s:.*)(?m:^(the shell|bash|perl) ran))(?s:.*)html ran"
