"""The history of the tables, one Alembic revision a file. Run by `Database.migrate`."""
