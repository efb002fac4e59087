"""When things happen: Prefect flows only; what happens stands in craftsman.actions."""
