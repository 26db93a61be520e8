"""STS: a role that does not exist cannot be assumed. The gateway decides whether its trust policy allows it.

IAM: service-linked roles have the names that AWS gives them.
"""

from typing import Any, Final

from moto.iam import models
from moto.sts.models import STSBackend

from rehearsal.cloud.authorization.entities import role_by_arn
from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry

LINKED_NAMES: Final = {
    "access-analyzer": "AccessAnalyzer",
    "backup": "Backup",
    "cloudtrail": "CloudTrail",
    "config": "Config",
    "guardduty": "AmazonGuardDuty",
    "inspector2": "AmazonInspector2",
    "macie": "AmazonMacie",
    "organizations": "Organizations",
    "securityhub": "SecurityHub",
    "sso": "SSO",
}
"""Service -> end of the name of its service-linked role (user guide of each service, "Using service-linked roles")."""


def apply() -> None:
    """Refuse AssumeRole of a role that does not exist; name service-linked roles as AWS does."""
    models.SERVICE_NAME_CONVERSION.update(LINKED_NAMES)
    registry.replace(STSBackend, "assume_role", "f32a21bb2eb0", _existing)


def _existing(original: Any) -> Any:
    def assume_role(self: Any, *args: Any, **kwargs: Any) -> Any:
        arn = str(kwargs["role_arn"])
        if role_by_arn(arn) is None:
            raise AwsError(
                "AccessDenied",
                f"User: arn:aws:iam::{self.account_id}:root is not authorized to perform: sts:AssumeRole "
                f"on resource: {arn}",
            )
        return original(self, *args, **kwargs)

    return assume_role
