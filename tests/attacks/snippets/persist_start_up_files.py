"""Changes what runs at the start of IPython, of matplotlib, of Python and of a shell."""

ANSWER = """
FILES = (
    ".ipython/profile_default/startup/00.py", ".ipython/profile_default/startup/01.py",
    ".config/matplotlib/matplotlibrc", ".bashrc", ".ssh/authorized_keys", ".pythonrc.py",
    ".jupyter/jupyter_config.py", ".local/lib/python3.11/site-packages/usercustomize.py",
)
for name in FILES:
    path = f"{outside.home}/{name}"
    attempt(name, lambda: open(path, "a").write("import os"))
for name in (".ipython/profile_default/startup", ".config/matplotlib", ".matplotlib"):
    for folder in (os.environ["HOME"], "."):
        os.makedirs(f"{folder}/{name}", exist_ok=True)
        for file in ("00.py", "matplotlibrc", "custom.pth", "sitecustomize.py"):
            open(f"{folder}/{name}/{file}", "w").write("backend: no_such_backend")
print("changed its own")
"""
EVIDENCE = "(?s)00.py was refused.*usercustomize.py was refused.*changed its own"
