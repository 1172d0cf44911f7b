"""The command `grader`, also as ``python -m grader``.

A worker imports the main module of its driver, too, so this one imports nothing before it runs.
"""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command, and exit with its code."""
    from grader.cli.app import main as run

    run()


if __name__ == "__main__":
    main()
