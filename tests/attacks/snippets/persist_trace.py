"""Hooks every call of the process: tracing, profiling, audit and import hooks."""

ANSWER = """
import threading

events = []

def hook(*arguments):
    events.append(None)

sys.settrace(hook), sys.setprofile(hook), threading.settrace(hook)
sys.addaudithook(hook)
sys.meta_path.insert(0, type("Finder", (), {"find_spec": staticmethod(lambda *a: None)}))
sys.path_hooks.insert(0, hook)
sys.path.insert(0, outside.home)
get_ipython().events.register("pre_run_cell", hook)
os.listdir(".")
print("hooked", len(events) > 0)
"""
EVIDENCE = "hooked True"
