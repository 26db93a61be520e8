"""KMS keys that Secrets Manager, SQS, SNS and Parameter Store use on behalf of the caller.

Each service uses a customer managed key with the rights of the caller, with an encryption context of its own. Keys of
AWS (`alias/aws/...`) admit every caller of the account through the service and are not decided.

Source: AWS KMS Developer Guide, "How Secrets Manager uses AWS KMS" and "How Systems Manager Parameter Store uses AWS
KMS"; SQS Developer Guide, "Key management"; SNS Developer Guide, "Managing Amazon SNS encryption keys and costs".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.ssm.models import ssm_backends

from rehearsal.cloud.authorization import lookups
from rehearsal.cloud.authorization.key_conditions import key_conditions
from rehearsal.cloud.authorization.resources import Resource
from rehearsal.cloud.requests import ParsedRequest

DECRYPT: Final = "kms:Decrypt"
ENCRYPT: Final = "kms:Encrypt"
DATA_KEY: Final = "kms:GenerateDataKey"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyUse:
    """The use of a key by a service.

    Attributes:
        key: key id, key ARN, alias name or alias ARN, as the resource names it; empty for the key of AWS.
        owner: account of the encrypted resource, 12 digits.
        actions: actions of KMS that the caller needs.
        context: encryption context of the service.
    """

    key: str
    owner: str
    actions: Sequence[str]
    context: Mapping[str, str]


def used_keys(request: ParsedRequest, account: str) -> Iterator[tuple[str, Resource, Mapping[str, Sequence[str]]]]:
    """The actions on keys that a request needs.

    Args:
        request: the request.
        account: account of the caller, 12 digits.

    Returns:
        Action, key, and the condition keys of the use.
    """
    uses = _SERVICES.get(request.service)
    for use in uses(request, account) if uses is not None else ():
        if not use.key or "alias/aws/" in use.key:
            continue
        arn = lookups.key_arn(use.key, request.region, use.owner)
        if not lookups.key_exists(arn):
            continue
        keys = key_conditions(request.service, request.region, account, use.context)
        for action in use.actions:
            yield action, Resource(arn=arn, account=arn.split(":")[4], type="key"), keys


def _secrets(request: ParsedRequest, account: str) -> Iterator[KeyUse]:
    writes = bool(request.parameters.get("SecretString") or request.parameters.get("SecretBinary"))
    if request.operation == "CreateSecret" and writes:
        key = str(request.parameters.get("KmsKeyId") or "")
        # The ARN ends in six random characters, which are not known before the secret exists.
        yield KeyUse(key=key, owner=account, actions=(DATA_KEY, DECRYPT), context={})
        return
    reads = request.operation == "GetSecretValue"
    if not reads and not (request.operation in {"PutSecretValue", "UpdateSecret"} and writes):
        return
    name = str(request.parameters.get("SecretId") or "")
    owner = name.split(":")[4] if name.startswith("arn:") else account
    secret: Any = secretsmanager_backends[owner][request.region].secrets.get(name)
    if secret is not None:
        yield KeyUse(
            key=str(getattr(secret, "kms_key_id", "") or ""),
            owner=owner,
            actions=(DECRYPT,) if reads else (DATA_KEY, DECRYPT),
            context={"SecretARN": str(secret.arn)},
        )


def _queues(request: ParsedRequest, account: str) -> Iterator[KeyUse]:
    if request.operation not in {"SendMessage", "SendMessageBatch", "ReceiveMessage"}:
        return
    *_, owner, name = ("", account, *str(request.parameters.get("QueueUrl") or "").split("/"))
    owner = owner if owner.isdigit() else account
    queue: Any = sqs_backends[owner][request.region].queues.get(name)
    if queue is not None:
        sends = request.operation != "ReceiveMessage"
        yield KeyUse(
            key=str(queue.kms_master_key_id or ""),
            owner=owner,
            actions=(DATA_KEY, DECRYPT) if sends else (DECRYPT,),
            context={"aws:sqs:arn": str(queue.queue_arn)},
        )


def _topics(request: ParsedRequest, _account: str) -> Iterator[KeyUse]:
    arn = str(request.parameters.get("TopicArn") or request.parameters.get("TargetArn") or "")
    if request.operation not in {"Publish", "PublishBatch"} or not arn:
        return
    owner = arn.split(":")[4]
    topic: Any = sns_backends[owner][request.region].topics.get(arn)
    if topic is not None:
        key = str(topic.kms_master_key_id or "")
        yield KeyUse(key=key, owner=owner, actions=(DATA_KEY, DECRYPT), context={"aws:sns:topicArn": arn})


def _parameters(request: ParsedRequest, account: str) -> Iterator[KeyUse]:
    parameters = request.parameters
    if request.operation == "PutParameter" and parameters.get("Type") == "SecureString":
        name = str(parameters.get("Name") or "")
        yield _parameter(str(parameters.get("KeyId") or ""), name, request.region, account, ENCRYPT)
    if request.operation in {"GetParameter", "GetParameters"} and parameters.get("WithDecryption"):
        backend: Any = ssm_backends[account][request.region]
        for name in (parameters.get("Name"), *(parameters.get("Names") or ())):
            stored: Any = backend.get_parameter(str(name)) if name else None
            if stored is not None and stored.parameter_type == "SecureString":
                yield _parameter(str(stored.keyid or ""), str(stored.name), request.region, account, DECRYPT)


def _parameter(key: str, name: str, region: str, account: str, action: str) -> KeyUse:
    arn = f"arn:aws:ssm:{region}:{account}:parameter/{name.lstrip('/')}"
    return KeyUse(key=key, owner=account, actions=(action,), context={"PARAMETER_ARN": arn})


_SERVICES: Final[Mapping[str, Callable[[ParsedRequest, str], Iterator[KeyUse]]]] = {
    "secretsmanager": _secrets,
    "sns": _topics,
    "sqs": _queues,
    "ssm": _parameters,
}
