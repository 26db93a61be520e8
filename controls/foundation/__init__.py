"""Controls F: accounts, sign-in, audit, regions, roles, sharing and tags."""
