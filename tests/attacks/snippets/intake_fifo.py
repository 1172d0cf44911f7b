"""The notebook is a FIFO, which hangs whoever opens it."""

import os


def hand_in(folder, honest):
    os.mkfifo(folder / honest.name)
    os.mkfifo(folder / "timestamp.txt")


EVIDENCE = "is not an ordinary file"
