"""Names of the bucket and the keys of Pulumi's state: `zone bootstrap` creates them, the pipeline's roles use them.

They do not begin with the zone's prefix: the deploy role administers what does, and must not administer these.
"""


def bucket_name(prefix: str, management_account: str) -> str:
    """Name of the bucket of the state, in the management account."""
    return f"pulumi-{prefix}-{management_account}"


def state_alias(prefix: str) -> str:
    """Alias of the KMS key that encrypts the bucket."""
    return f"alias/pulumi-{prefix}-state"


def secrets_alias(prefix: str) -> str:
    """Alias of the KMS key that encrypts secrets in configuration and state."""
    return f"alias/pulumi-{prefix}-secrets"
