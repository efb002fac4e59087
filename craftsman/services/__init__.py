"""The processes around the engine: Prefect's server, the worker with its dispatcher."""
