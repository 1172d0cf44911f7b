"""Bounds of a box that are the same in every course; those of course.yml are in `Limits`."""

__all__ = ["MAX_FILES", "MAX_PIECES", "SCRATCH_MIB"]

SCRATCH_MIB = 64  # of files that a submission may write
MAX_FILES = 4096
MAX_PIECES = 400  # outputs of one cell
