"""Statistics: formulas with a source, no I/O, no randomness of their own."""
