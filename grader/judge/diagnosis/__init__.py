"""Names the mistake in a step: calls that went wrong are replayed with each known mistake."""
