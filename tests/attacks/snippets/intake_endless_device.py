"""The notebook is a device that never ends, or a link to one where only root makes devices."""

import os
import stat


def hand_in(folder, honest):
    try:
        os.mknod(folder / honest.name, stat.S_IFCHR | 0o666, os.makedev(1, 5))
    except PermissionError:
        (folder / honest.name).symlink_to("/dev/zero")


EVIDENCE = "ordinary file"
