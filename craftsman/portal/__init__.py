"""The pages: FastAPI, one router per audience."""
