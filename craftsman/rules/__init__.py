"""What is right: pure functions, no I/O, no clock, no chance."""
