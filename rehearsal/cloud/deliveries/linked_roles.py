"""Service-linked roles that a service makes when it first needs one.

Source: IAM User Guide, "Create a service-linked role"; its rights are those of the AWS managed policy of the service.
"""

from typing import Any, Final

from moto.iam.models import iam_backends

from rehearsal.cloud.authorization.entities import role_by_arn

_POLICIES: Final = {
    "backup.amazonaws.com": "arn:aws:iam::aws:policy/aws-service-role/AWSBackupServiceLinkedRolePolicyForBackup",
    "macie.amazonaws.com": "arn:aws:iam::aws:policy/aws-service-role/AmazonMacieServiceRolePolicy",
}
"""Service principal -> managed policy of its service-linked role."""
_NAMES: Final = {
    "backup.amazonaws.com": "AWSServiceRoleForBackup",
    "macie.amazonaws.com": "AWSServiceRoleForAmazonMacie",
}


def linked_role(account: str, service: str) -> str:
    """Return the ARN of a service's role in an account, which is made if the account lacks it.

    Args:
        account: 12 digits.
        service: service principal, such as `macie.amazonaws.com`.
    """
    arn = f"arn:aws:iam::{account}:role/aws-service-role/{service}/{_NAMES[service]}"
    if role_by_arn(arn) is None:
        backend: Any = iam_backends[account]["aws"]
        role = backend.create_service_linked_role(service, "", "")
        backend.attach_role_policy(_POLICIES[service], role.name)
    return arn
