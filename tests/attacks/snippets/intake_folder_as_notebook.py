"""The notebook is a folder with a notebook in it."""

import shutil


def hand_in(folder, honest):
    (folder / honest.name).mkdir()
    shutil.copy(honest, folder / honest.name)


EVIDENCE = "ordinary file"
