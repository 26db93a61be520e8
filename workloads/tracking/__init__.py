"""The MLflow server of the zone: its entry point, its users, and the migration of its database."""
