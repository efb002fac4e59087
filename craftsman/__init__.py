"""The selection engine: what happens and what is right. It names no award."""

__version__ = "0.1.0"
