"""The permissions of the runbooks' role, computed from the declarations of the steps."""

from collections.abc import Mapping, Sequence
from typing import Final

from runbooks.rights import Right
from runbooks.shared_rights import INVOKE_ENDPOINTS, SEE_ENDPOINTS, SEE_HEARTBEATS, SEE_SWITCH
from runbooks.steps import STEPS, definition

DISCOVER: Final = Right(
    sid="Discover",
    actions=["ssm:GetParametersByPath"],
    resources=[
        "arn:aws:ssm:{region}:{account}:parameter{root}",
        "arn:aws:ssm:{region}:{account}:parameter{root}/*",
    ],
    unrecorded="requested before the first step, when the documents are read",
)
JOURNAL: Final = Right(
    sid="Journal",
    actions=["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
    resources=["arn:aws:dynamodb:{recovery}:{account}:table/{journal_table}"],
    unrecorded="requested between the steps, for the lease and the journal",
)
JOURNAL_AND_TELL: Final = Right(
    sid="JournalAndTell",
    actions=["kms:Decrypt", "kms:GenerateDataKey"],
    resources=["{key}"],
    conditions={"StringEquals": {"kms:ViaService": ["dynamodb.{region}.amazonaws.com", "sns.{region}.amazonaws.com"]}},
    unrecorded="requested by DynamoDB and SNS on behalf of whoever writes the journal and publishes",
)
VERIFY_PERMISSIONS: Final = Right(
    sid="VerifyPermissions",
    actions=["iam:SimulatePrincipalPolicy"],
    resources=["{role}"],
    unrecorded="requested before the first step, by the check of these permissions",
)
READ_APPROVALS: Final = Right(
    sid="ReadApprovals",
    actions=["ssm:GetParameterHistory"],
    resources=["arn:aws:ssm:{recovery}:{account}:parameter{root}/approvals/*"],
    unrecorded="requested before the first step, for the principal that gave the approval",
)
RECORD_ANSWERS_ONCE: Final = Right(
    sid="RecordAnswersOnce",
    actions=["s3:PutObject"],
    resources=["arn:aws:s3:::{artifact_bucket}/smoke/*"],
    # Recorded answers are never overwritten (S3 User Guide, "Enforce conditional writes on Amazon S3 buckets").
    conditions={"Null": {"s3:if-none-match": ["false"]}},
    unrecorded="requested by the command `record-answers`, after a release",
)

OPERATION: Final[Sequence[Right]] = (
    DISCOVER,
    JOURNAL,
    JOURNAL_AND_TELL,
    VERIFY_PERMISSIONS,
    READ_APPROVALS,
    SEE_ENDPOINTS,
    SEE_SWITCH,
    SEE_HEARTBEATS,
)
"""The permissions that every operation needs besides those of its steps: to read the state and to write the journal."""
COMMANDS: Final[Mapping[str, Sequence[Right]]] = {"record-answers": (INVOKE_ENDPOINTS, RECORD_ANSWERS_ONCE)}
"""Command that is not an operation -> the permissions that it needs."""


def rights_of_steps(kinds: Sequence[str]) -> Sequence[Right]:
    """The permissions of an operation.

    Args:
        kinds: the kinds of its steps.

    Returns:
        The permissions of every operation, then those of the steps, each once.
    """
    return _without_repetition([*OPERATION, *(right for kind in kinds for right in definition(kind).rights)])


def all_rights() -> Sequence[Right]:
    """The permissions of every operation and command, each once: the statements of the role's policy, in order."""
    operations = rights_of_steps([step.kind for step in STEPS])
    return _without_repetition([*operations, *(right for rights in COMMANDS.values() for right in rights)])


def _without_repetition(rights: Sequence[Right]) -> Sequence[Right]:
    return list({right.sid: right for right in rights}.values())
