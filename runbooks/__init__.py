"""The runbooks for a region failure. They need boto3, and neither Pulumi nor a state file nor configuration.

They read the recovery documents from Parameter Store in a region that answers; see `docs/runbooks.md`.
"""
