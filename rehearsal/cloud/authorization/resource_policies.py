"""The resource policy of a resource, by its ARN, as the emulated cloud holds it at this moment."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from moto.awslambda.models import lambda_backends
from moto.backup.models import backup_backends
from moto.ecr.models import ecr_backends
from moto.kms.models import kms_backends
from moto.sagemaker.models import sagemaker_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from authorization import Policy
from rehearsal.cloud.authorization.entities import parse_arn, role_by_arn, stored_bucket
from rehearsal.cloud.authorization.parsed import parsed_policy
from rehearsal.cloud.services.codeartifact.models import codeartifact_backends

_TRUST: Final = ("sts:assumerole", "sts:setsourceidentity")


def resource_policy(arn: str, action: str) -> Policy | None:
    """The policy of a resource.

    Args:
        arn: ARN of the resource.
        action: `service:Action`; a role has a trust policy for `sts:AssumeRole…` and `sts:SetSourceIdentity` only.

    Returns:
        The policy; None when the resource has none, does not exist, or is of a type without policies.
    """
    parts = parse_arn(arn)
    if parts is None:
        return None
    if parts.service == "iam":
        return _trust_policy(arn) if action.lower().startswith(_TRUST) else None
    find = _FINDERS.get(parts.service)
    document = find(parts.account, parts.region, parts.resource, arn) if find is not None else None
    return parsed_policy(f"policy of {arn}", document) if document else None


def _trust_policy(arn: str) -> Policy | None:
    role = role_by_arn(arn)
    text = _text(role.assume_role_policy_document) if role is not None else None
    return parsed_policy(f"trust policy of {arn}", text) if text else None


def _bucket(_account: str, _region: str, name: str, _arn: str) -> str | None:
    bucket = stored_bucket(name.split("/", 1)[0])
    return bucket.policy.decode() if bucket is not None and bucket.policy else None


def _key(account: str, region: str, name: str, arn: str) -> str | None:
    keys: Mapping[str, Any] = kms_backends[account][region].keys if region else {}
    key = keys.get(name.removeprefix("key/"))
    # For a key that does not exist the caller's own policies decide: KMS then answers that it is not found.
    return _text(key.policy) if key is not None and key.arn == arn else _delegation(account)


def _delegation(account: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _topic(account: str, region: str, _name: str, arn: str) -> str | None:
    topic: Any = sns_backends[account][region].topics.get(arn)
    return _text(topic.policy) if topic is not None else None


def _queue(account: str, region: str, name: str, _arn: str) -> str | None:
    queue: Any = sqs_backends[account][region].queues.get(name)
    return _text(queue.policy) if queue is not None else None


def _secret(account: str, region: str, _name: str, arn: str) -> str | None:
    secret: Any = secretsmanager_backends[account][region].secrets.get(arn)
    return _text(getattr(secret, "policy", None)) if secret is not None else None


def _repository(account: str, region: str, name: str, _arn: str) -> str | None:
    repository: Any = ecr_backends[account][region].repositories.get(name.removeprefix("repository/"))
    return _text(repository.policy) if repository is not None else None


def _function(account: str, region: str, name: str, _arn: str) -> str | None:
    try:
        function: Any = lambda_backends[account][region].get_function(name.removeprefix("function:").split(":")[0])
    except Exception:  # noqa: BLE001 - a function that does not exist has no policy
        return None
    statements = function.policy.statements
    return json.dumps({"Version": "2012-10-17", "Statement": statements}) if statements else None


def _package_group(account: str, region: str, name: str, _arn: str) -> str | None:
    """The policy of a group, which applies to its packages as well: `model-package/GROUP/VERSION`."""
    if name.startswith("model-package/") and name.count("/") > 1:
        name = name.rpartition("/")[0].replace("model-package/", "model-package-group/", 1)
    if not name.startswith("model-package-group/"):
        return None
    groups: Mapping[str, Any] = sagemaker_backends[account][region].model_package_groups
    group = next((group for key, group in groups.items() if key.lower() == name.partition("/")[2].lower()), None)
    return _text(getattr(group, "resource_policy", None)) if group is not None else None


def _vault(account: str, region: str, name: str, _arn: str) -> str | None:
    """The access policy of a backup vault."""
    vault: Any = backup_backends[account][region].vaults.get(name.removeprefix("backup-vault:"))
    return _text(getattr(vault, "access_policy", None)) if vault is not None else None


def _packages(account: str, region: str, name: str, _arn: str) -> str | None:
    """The policy of a domain, or of a repository, which applies to its packages as well."""
    kind, _, rest = name.partition("/")
    backend = codeartifact_backends[account][region]
    parts = rest.split("/")
    if kind == "domain":
        policy = backend.domain_policies.get(rest)
    else:
        policy = backend.repository_policies.get((parts[0], parts[1])) if len(parts) > 1 else None
    return _text(policy["document"]) if policy is not None else None


def _text(document: Any) -> str | None:
    return json.dumps(document) if isinstance(document, dict) else (str(document) if document else None)


_FINDERS: Final[Mapping[str, Callable[[str, str, str, str], str | None]]] = {
    "backup": _vault,
    "codeartifact": _packages,
    "ecr": _repository,
    "kms": _key,
    "lambda": _function,
    "s3": _bucket,
    "sagemaker": _package_group,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
}
