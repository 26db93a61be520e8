"""Resources that a request names in a way of its own: S3 paths, KMS aliases, IAM paths, SQS URLs, names of secrets."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from moto.kms import utils as kms_utils
from moto.kms.models import kms_backends
from moto.secretsmanager.models import secretsmanager_backends

from rehearsal.cloud.authorization.entities import bucket_owner, entity_by_name
from rehearsal.cloud.authorization.named_ids import NAMED_BY_ID, NamedResources
from rehearsal.cloud.requests import ParsedRequest


def special(request: ParsedRequest, action: str, account: str) -> NamedResources | None:
    """The resources of a request that names them in a way of its own; None for all others.

    Args:
        request: the request.
        action: the action, `service:Action`.
        account: account of the caller, 12 digits.
    """
    find = _SERVICES.get(request.service)
    return find(request, action, account) if find is not None else None


def bucket_arn(name: str) -> str:
    """ARN of a bucket by its name; an access point's ARN stays as it is."""
    return name if name.startswith("arn:") else f"arn:aws:s3:::{name}"


def _s3(request: ParsedRequest, action: str, account: str) -> NamedResources | None:
    parameters = request.parameters
    name = str(parameters.get("Bucket") or "")
    if not name:
        return [("*", account, "")]
    base = bucket_arn(name)
    owner = account if action == "s3:CreateBucket" else bucket_owner(name) or account
    if name.startswith("arn:"):
        owner = name.split(":")[4]
    keys = [str(parameters["Key"])] if parameters.get("Key") else []
    if request.operation == "DeleteObjects":
        keys = [str(entry["Key"]) for entry in parameters["Delete"]["Objects"]]
    separator = "/object/" if name.startswith("arn:") else "/"
    if keys:
        return [(f"{base}{separator}{key}", owner, "object") for key in keys]
    return [(base, owner, "bucket")]


def _s3_control(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    parameters = request.parameters
    owner = str(parameters.get("AccountId") or account)
    if parameters.get("ResourceArn"):
        return [(str(parameters["ResourceArn"]), owner, "")]
    if parameters.get("Name") and "AccessPoint" in request.operation:
        return [(f"arn:aws:s3:{request.region}:{owner}:accesspoint/{parameters['Name']}", owner, "accesspoint")]
    if parameters.get("JobId"):
        return [(f"arn:aws:s3:{request.region}:{owner}:job/{parameters['JobId']}", owner, "job")]
    return [("*", owner, "")]


def key_arn(name: str, region: str, account: str) -> str:
    """ARN of a KMS key.

    Args:
        name: key id, key ARN, alias name or alias ARN.
        region: region of the request.
        account: account of the caller, 12 digits.

    Returns:
        The key's ARN; that of the alias when no key has it.
    """
    owner = account
    if name.startswith("arn:"):
        _, _, _, region, owner, name = name.split(":", 5)
    if not name.startswith("alias/"):
        return f"arn:aws:kms:{region}:{owner}:key/{name.removeprefix('key/')}"
    with suppress(Exception):
        backend = kms_backends[owner][region]
        target = next((key for key in backend.keys.values() if name in key.aliases), None)
        if target is not None:
            return str(target.arn)
    return f"arn:aws:kms:{region}:{owner}:{name}"


def key_exists(arn: str) -> bool:
    """Return whether a KMS key exists, by its ARN."""
    _, _, _, region, account, name = arn.split(":", 5)
    return name.removeprefix("key/") in kms_backends[account][region].keys


def _encrypting_key(ciphertext: bytes) -> str:
    """Id of the key that a ciphertext was encrypted with."""
    return str(kms_utils._deserialize_ciphertext_blob(ciphertext).key_id)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001 - moto's form of a ciphertext


def reencrypting_keys(request: ParsedRequest, account: str) -> tuple[str, str]:
    """Return the ARNs of the keys that `ReEncrypt` decrypts with and encrypts with.

    Args:
        request: a request of `ReEncrypt`.
        account: account of the caller, 12 digits.

    Returns:
        Source key and destination key; the source is empty when neither the request nor the ciphertext names it.
    """
    parameters = request.parameters
    source = str(parameters.get("SourceKeyId") or "")
    if not source:
        with suppress(Exception):
            source = _encrypting_key(parameters["CiphertextBlob"])
    destination = key_arn(str(parameters.get("DestinationKeyId") or ""), request.region, account)
    return key_arn(source, request.region, account) if source else "", destination


def _kms(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    parameters = request.parameters
    if request.operation in ("CreateKey", "ListKeys", "ListAliases", "GenerateRandom"):
        return [("*", account, "")]
    if request.operation == "ReEncrypt":
        source, _ = reencrypting_keys(request, account)
        return [(source, source.split(":")[4], "key")] if source else [("*", account, "")]
    names = [str(parameters[name]) for name in ("KeyId", "TargetKeyId", "SourceKeyId") if parameters.get(name)]
    if not names and isinstance(parameters.get("CiphertextBlob"), bytes):
        with suppress(Exception):
            names = [_encrypting_key(parameters["CiphertextBlob"])]
    arns = [key_arn(name, request.region, account) for name in names]
    resources = [(arn, arn.split(":")[4], "key") for arn in arns]
    if parameters.get("AliasName"):
        alias = f"arn:aws:kms:{request.region}:{account}:{parameters['AliasName']}"
        resources.append((alias, account, "alias"))
    return resources or [("*", account, "")]


def _trails(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    """Organization trails have the ARN of the management account; the policies of the caller's account decide."""
    parameters = request.parameters
    listed = parameters.get("trailNameList") or parameters.get("ResourceIdList") or ()
    named = [*(parameters.get(member) for member in ("Name", "TrailName", "ResourceId")), *listed]
    names = [str(name) for name in named if name]
    if not names:
        return None
    base = f"arn:aws:cloudtrail:{request.region}:{account}:trail/"
    return [(name if name.startswith("arn:") else f"{base}{name}", account, "trail") for name in names]


def _iam(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    parameters, operation = request.parameters, request.operation
    path = str(parameters.get("Path") or "/")
    if operation == "CreateServiceLinkedRole":
        service = str(parameters.get("AWSServiceName"))
        return [(f"arn:aws:iam::{account}:role/aws-service-role/{service}/*", account, "role")]
    if operation == "SimulatePrincipalPolicy":
        return [(str(parameters.get("PolicySourceArn")), account, "")]
    for member, kind, collection in (
        ("RoleName", "role", "roles"),
        ("UserName", "user", "users"),
        ("GroupName", "group", "groups"),
        ("InstanceProfileName", "instance-profile", "instance_profiles"),
    ):
        name = parameters.get(member)
        if name:
            entity = entity_by_name(account, collection, str(name))
            arn = str(entity.arn) if entity is not None else f"arn:aws:iam::{account}:{kind}{path}{name}"
            return [(arn, account, kind)]
    if operation == "CreateOpenIDConnectProvider":
        host = str(parameters.get("Url") or "").removeprefix("https://")
        return [(f"arn:aws:iam::{account}:oidc-provider/{host}", account, "oidc-provider")]
    if operation == "CreatePolicy":
        return [(f"arn:aws:iam::{account}:policy{path}{parameters.get('PolicyName')}", account, "policy")]
    return None


def _secrets(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    parameters = request.parameters
    if request.operation == "CreateSecret":
        return [
            (
                f"arn:aws:secretsmanager:{request.region}:{account}:secret:{parameters.get('Name')}-??????",
                account,
                "Secret",
            )
        ]
    name = str(parameters.get("SecretId") or "")
    if not name:
        return None
    owner = name.split(":")[4] if name.startswith("arn:") else account
    secret: Any = secretsmanager_backends[owner][request.region].secrets.get(name)
    arn = str(secret.arn) if secret is not None else f"arn:aws:secretsmanager:{request.region}:{owner}:secret:{name}"
    return [(name if secret is None and name.startswith("arn:") else arn, owner, "Secret")]


def _queues(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    url = str(request.parameters.get("QueueUrl") or "")
    name, owner = str(request.parameters.get("QueueName") or ""), account
    parts = re.search(r"/(\d{12})/([^/]+)$", url)
    if parts:
        owner, name = parts[1], parts[2]
    if not name:
        return [("*", account, "")]
    return [(f"arn:aws:sqs:{request.region}:{owner}:{name}", owner, "queue")]


def _parameters(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    parameters = request.parameters
    names = [parameters[member] for member in ("Name", "Path") if parameters.get(member)]
    names += list(parameters.get("Names") or ())
    if not names or "Parameter" not in request.operation:
        return None
    base = f"arn:aws:ssm:{request.region}:{account}:parameter/"
    return [
        (str(name) if str(name).startswith("arn:") else f"{base}{str(name).lstrip('/')}", account, "parameter")
        for name in names
    ]


def _functions(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    name = str(request.parameters.get("FunctionName") or "")
    if not name:
        return None
    if name.startswith("arn:"):
        return [(name, name.split(":")[4], "function")]
    return [(f"arn:aws:lambda:{request.region}:{account}:function:{name}", account, "function")]


def _log_groups(request: ParsedRequest, action: str, account: str) -> NamedResources | None:
    identifier = str(request.parameters.get("logGroupIdentifier") or "")
    name = request.parameters.get("logGroupName") or identifier.partition(":log-group:")[2] or identifier
    if not name or action == "logs:DescribeLogGroups":
        return None
    arn = f"arn:aws:logs:{request.region}:{account}:log-group:{name}"
    stream = request.parameters.get("logStreamName")
    return [(f"{arn}:log-stream:{stream}", account, "log-stream") if stream else (f"{arn}:*", account, "log-group")]


def _model_packages(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    """A version to be created is of its group; AWS chooses its number."""
    if request.operation != "CreateModelPackage":
        return None
    group = str(request.parameters.get("ModelPackageGroupName") or "").rpartition("/")[2]
    name = f"{group.lower()}/*" if group else str(request.parameters.get("ModelPackageName") or "*").lower()
    return [(f"arn:aws:sagemaker:{request.region}:{account}:model-package/{name}", account, "model-package")]


def _executions(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    """An execution is of a standard or of an express state machine; its ARN says which."""
    arn = str(request.parameters.get("executionArn") or "")
    return [(arn, account, "express" if ":express:" in arn else "execution")] if arn else None


def _packages(request: ParsedRequest, action: str, account: str) -> NamedResources | None:
    """Domains, repositories and packages of CodeArtifact, whose owner a request may name."""
    values = request.parameters
    domain = values.get("domain")
    if not domain or action.endswith(":ListDomains"):
        return None
    owner = str(values.get("domainOwner") or account)
    base = f"arn:aws:codeartifact:{request.region}:{owner}"
    repository = values.get("repository") or values.get("sourceRepository")
    if request.operation == "CopyPackageVersions":
        # The reads of the source and the writes of the destination are decided both.
        target = f"{base}:package/{domain}/{values.get('destinationRepository')}/{values.get('format')}/*"
        return [(f"{base}:repository/{domain}/{repository}", owner, "repository"), (target, owner, "package")]
    if values.get("package") and repository:
        name = "/".join(str(values.get(member) or "") for member in ("format", "namespace", "package"))
        return [(f"{base}:package/{domain}/{repository}/{name}", owner, "package")]
    if repository:
        return [(f"{base}:repository/{domain}/{repository}", owner, "repository")]
    return [(f"{base}:domain/{domain}", owner, "domain")]


_SERVICES: Final[Mapping[str, Callable[[ParsedRequest, str, str], NamedResources | None]]] = {
    **NAMED_BY_ID,
    "cloudtrail": _trails,
    "codeartifact": _packages,
    "iam": _iam,
    "kms": _kms,
    "lambda": _functions,
    "logs": _log_groups,
    "s3": _s3,
    "s3control": _s3_control,
    "sagemaker": _model_packages,
    "secretsmanager": _secrets,
    "sqs": _queues,
    "ssm": _parameters,
    "stepfunctions": _executions,
}
