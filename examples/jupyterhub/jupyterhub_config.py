"""Lets a hub serve this course: a server for every student, and formgrader for the instructors.

Join it to your hub's own jupyterhub_config.py, which says how people sign in and where their
servers run. docs/jupyterhub.md explains each part.
"""

import os
import sys

course = os.environ["CHAINRULE_COURSE"]  # the folder of course.yml; no student can read it
instructors = os.environ["CHAINRULE_INSTRUCTORS"].split(",")  # names with which they sign in
port = os.environ.get("CHAINRULE_PORT", "9999")  # one that is free on the hub's machine

c = get_config()  # type: ignore[name-defined]  # noqa: F821 — the hub defines it

# One more server, in the course folder. All instructors share it, so they share one formgrader.
c.JupyterHub.services = [
    {
        "name": "course",
        "url": f"http://127.0.0.1:{port}",
        "command": [sys.executable, "-m", "jupyterhub.singleuser"],
        "cwd": course,
        "environment": {"JUPYTERHUB_DEFAULT_URL": "/formgrader"},
        "oauth_no_confirm": True,  # it is ours: nobody needs to be asked
    }
]
c.JupyterHub.load_groups = {"instructors": {"users": instructors}}
c.JupyterHub.load_roles = [
    {"name": "instructor", "groups": ["instructors"], "scopes": ["access:services!service=course"]}
]

# Students' servers open JupyterLab, which shows a notebook that a link of nbgitpuller brings.
c.Spawner.default_url = "/lab"
