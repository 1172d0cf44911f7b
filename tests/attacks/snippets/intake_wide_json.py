"""16 MiB of JSON that turn into as many objects as fit."""


def hand_in(folder, honest):
    keys = ",".join(f'"{number:x}":0' for number in range(1_500_000))
    (folder / honest.name).write_text('{"cells": [], "metadata": {' + keys + "}}")


EVIDENCE = "The notebook has no cell of this assignment"
