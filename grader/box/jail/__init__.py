"""Shuts boxes in: the zygote that forks them, and the means of the kernel that confine them.

May import: `grader.box.inside`, `grader.box.tiers`, `system`. Imported by: `grader.box.launch`.
"""
