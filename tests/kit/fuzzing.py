"""How much fuzzing: tests multiply their examples by it, and `make nightly` sets it."""

import os

FUZZ = int(os.environ.get("FUZZ", "1"))
