"""Chainrule: a teaching and grading kit for backpropagation and the two-layer network.

This package imports nothing heavy, so that every command starts at once. Its rooms say what they
are for in their own docstrings; `docs/architecture.md` walks through them.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
