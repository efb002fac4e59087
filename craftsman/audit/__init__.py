"""The history: events appended in the transaction of the act they tell of."""
