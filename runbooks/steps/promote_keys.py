"""Step `promote-keys`: makes the target region the primary region of the multi-Region keys.

A replica key encrypts and decrypts without its primary; only rotation and new replicas need the primary (KMS Developer
Guide, "Multi-Region keys in AWS KMS"). A key that cannot be promoted now is recorded, and the operation continues.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from runbooks.context import Context
from runbooks.error_codes import error_code
from runbooks.errors import StepError
from runbooks.rights import Right
from runbooks.situation import Finding, ReadinessCheck, Situation
from runbooks.step_definition import Details, EnvironmentStep, Route, StepText

PROMOTE_KEYS: Final = Right(
    sid="PromoteKeys",
    actions=["kms:DescribeKey", "kms:UpdatePrimaryRegion"],
    resources=["{key}"],
    unrecorded="the primary of a key is changed only while the other region answers",
)


def promote_keys(context: Context, _endpoint: str, deadline: datetime) -> Details:
    """Promotes the replica of each key in the target region, if the present primary region answers.

    Raises:
        StepError: a key in the target region is not enabled, or a promotion did not complete in time.
    """
    promoted: list[str] = []
    later: list[str] = []
    for key in context.zone.key_ids:
        if _primary_region(context, key) == context.target_region:
            continue
        if context.source not in context.zones:
            later.append(key)
            continue
        try:
            context.client("kms", context.source).update_primary_region(KeyId=key, PrimaryRegion=context.target_region)
        except (*context.aws.no_response, context.aws.request_error) as error:
            context.on_message(f"{key} is not promoted now ({error_code(error)}): its replica works without")
            later.append(key)
            continue
        context.until(
            lambda key=key: _primary_region(context, key) == context.target_region,
            deadline=deadline,
            waiting_for=f"{key} to be primary in {context.target_region}",
        )
        promoted.append(key)
    return {"promoted": promoted, "later": later}


def _primary_region(context: Context, key: str) -> str:
    metadata = context.client("kms").describe_key(KeyId=key)["KeyMetadata"]
    if not metadata.get("Enabled"):
        raise StepError(
            f"the key {key} in {context.target_region} is {metadata.get('KeyState')}: nothing there can be decrypted"
        )
    return str(metadata.get("MultiRegionConfiguration", {}).get("PrimaryKey", {}).get("Region", ""))


def _findings(situation: Situation) -> Iterator[Finding]:
    client = situation.aws.client("kms", situation.zone.recovery)
    for key in situation.zone.key_ids:
        state = client.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
        yield Finding(check="keys", subject=key, ok=state == "Enabled", found=state)


def _text(route: Route) -> StepText:
    return StepText(
        title=f"make {route.target_region} the primary of {len(route.zone.key_ids)} multi-Region keys, where the "
        "other side answers",
        by_hand="nothing is urgent: replica keys encrypt and decrypt on their own; promote them when both sides answer",
    )


STEP = EnvironmentStep(
    kind="promote-keys",
    stage="before endpoints",
    text=_text,
    rights=(PROMOTE_KEYS,),
    check=ReadinessCheck(name="keys", findings=_findings),
    change=promote_keys,
    when_repeated="a key whose primary region is the target region already is skipped",
)
