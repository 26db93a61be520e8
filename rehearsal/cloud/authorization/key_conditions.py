"""The condition keys of a KMS key that a service uses on behalf of a caller.

Source: AWS KMS Developer Guide, "AWS KMS condition keys".
"""

from collections.abc import Mapping, Sequence


def key_conditions(
    service: str, region: str, account: str, context: Mapping[str, str], *, for_aws_resource: bool = False
) -> Mapping[str, Sequence[str]]:
    """Return condition key -> values.

    Args:
        service: prefix of the service's endpoint, such as `s3`.
        region: region of the key.
        account: account of the caller, 12 digits; empty for a service principal, which sends no `kms:CallerAccount`.
        context: encryption context: name -> value.
        for_aws_resource: whether a grant is for a service that is integrated with AWS KMS.
    """
    return {
        "kms:viaservice": [f"{service}.{region}.amazonaws.com"],
        **({"kms:calleraccount": [account]} if account else {}),
        "kms:grantisforawsresource": ["true" if for_aws_resource else "false"],
        "aws:viaawsservice": ["true"],
        **{f"kms:encryptioncontext:{name}".lower(): [value] for name, value in context.items()},
    }
