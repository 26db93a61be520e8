"""Controls D: keys, buckets, databases, backups, logs, secrets and access to data."""
