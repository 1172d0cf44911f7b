"""Files beside the notebook that pytest, Python or Jupyter would run by themselves."""

from tests.attacks.file_attacks import with_cells

FORGED = """
import numpy.testing
numpy.testing.assert_allclose = lambda *_, **__: None
def pytest_runtest_makereport(item, call):
    call.excinfo = None
"""
FILES = "conftest sitecustomize usercustomize hidden_tests mistakes test_target __init__".split()


def hand_in(folder, honest):
    for name in FILES:
        (folder / f"{name}.py").write_text(FORGED)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p conftest --collect-only\n")
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.enabled = False\n")
    show = ("code", "import os; print('beside it:', sorted(os.listdir('.')))")
    (folder / honest.name).write_text(with_cells([show], "def target(f, x):\n    return 9, 9"))


EARNED = {"before": 2.0, "target": 0.0, "after": 3.0}
EVIDENCE = r"beside it: \['helper.py'\]"
