"""The usual FastAPI way: sync SQLAlchemy ORM, joined loads, response models, a user row per request, `def` endpoints."""
