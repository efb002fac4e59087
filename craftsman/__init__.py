"""The selection engine: what happens and what is right. It names no award."""

import os

# Prefect reports its use to its makers from its import on; a selection reports to nobody
os.environ.setdefault("DO_NOT_TRACK", "1")

__version__ = "0.1.0"
