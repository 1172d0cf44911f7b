"""Which known mistake is this? Wrong answers are replayed with every mistake of the catalogue."""
