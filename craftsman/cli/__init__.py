"""The craftsman command."""
