"""A notebook that is far larger than it may be."""

import os
import shutil


def hand_in(folder, honest):
    shutil.copy(honest, folder)
    os.truncate(folder / honest.name, 200 << 20)


EVIDENCE = "larger than 16 MiB"
