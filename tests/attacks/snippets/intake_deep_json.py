"""JSON that is nested too deeply for whoever reads it recursively."""


def hand_in(folder, honest):
    (folder / honest.name).write_text('{"cells": ' + "[" * 400_000 + "]" * 400_000 + "}")


EVIDENCE = "nested too deeply"
