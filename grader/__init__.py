"""Chainrule: a teaching and grading kit for backpropagation and the two-layer network.

This package imports nothing heavy, so that every command starts at once. What each module
is for is said in its own first line.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
