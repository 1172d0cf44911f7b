"""Opens the gradebook and the results to read and change grades."""

ANSWER = """
import sqlite3

database = f"{outside.course}/gradebook.db"
attempt("reading", lambda: open(database, "rb").read())
attempt("appending", lambda: open(database, "ab").write(b"4.0"))
attempt("SQLite", lambda: sqlite3.connect(f"file:{database}?mode=ro", uri=True).execute(
    "select * from grade").fetchall())
attempt("renaming", os.rename, database, database + ".old")
results = f"{outside.course}/results/{outside.assignment}"
attempt("a result", lambda: open(f"{results}/somebody.json").read())
attempt("a new result", lambda: open(f"{results}/attacker.json", "w"))
"""
EVIDENCE = "(?s)reading was refused.*a new result was refused"
STOCK = """
import sqlite3

def raise_grades():
    database = sqlite3.connect(f"{outside.course}/gradebook.db", timeout=5)
    with database:
        changed = database.execute("update grade set manual_score = 99").rowcount
    return changed

attempt("the gradebook", raise_grades)
"""
