"""What happens: one function per act, which loads, refuses, asks the rules, changes and records."""
