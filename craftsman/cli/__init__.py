"""The craftsman command."""

from craftsman.cli.app import main

__all__ = ["main"]
