"""Two thousand cells that print as much as they may."""

CELLS = [("code", "print('full of x ' + 'x' * 900_000)")] * 12 + [("code", "1")] * 1000
EVIDENCE = r"(?s)full of x.*output left out"
