"""How it is kept: engine, transaction, reads used twice, encryption of personal fields."""
