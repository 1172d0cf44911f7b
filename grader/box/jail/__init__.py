"""What shuts a box in: a warm process that forks boxes, and what the kernel offers to bound them.

May import: `grader.box.inside`, `grader.box.tiers`, `system`. Imported by: `grader.box.launch`.
"""
