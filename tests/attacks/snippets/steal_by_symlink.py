"""Plants links in the scratch folder that lead to the course, for itself and for the grader."""

ANSWER = """
secrets = f"{outside.course}/solutions/{outside.assignment}"
os.symlink(secrets, "tests")
os.symlink(f"{outside.course}/gradebook.db", "helper.py~")
os.symlink("/", "root")
os.symlink("/proc/self/root", "root2")
attempt("through a link", os.listdir, "tests")
attempt("through the root", lambda: open("root" + f"{secrets}/hidden_tests.py").read())
attempt("through another", lambda: open("root2" + f"{secrets}/hidden_tests.py").read())
attempt("a hard link", os.link, f"{secrets}/hidden_tests.py", "hard")
attempt("by handle", system_call, "open_by_handle_at", -100, 0, 0)
"""
EVIDENCE = "(?s)through a link was refused.*a hard link was refused"
