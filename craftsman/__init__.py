"""The selection engine: what happens and what is right. It names no award."""
