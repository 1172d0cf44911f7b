"""A zip of a hundred megabytes of nothing, named like the notebook."""

import zipfile


def hand_in(folder, honest):
    with zipfile.ZipFile(folder / honest.name, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../solutions/x", b"\0" * (100 << 20))


EVIDENCE = "cannot be read: not a Jupyter notebook"
