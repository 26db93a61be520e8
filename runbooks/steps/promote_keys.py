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
from runbooks.observe import primary_region, serving_side
from runbooks.rights import Right
from runbooks.situation import Finding, ReadinessCheck, Situation
from runbooks.step_definition import Compensation, Details, EnvironmentStep, Route, StepText, Undone

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
    return primary_region(metadata)


def return_keys(context: Context, _endpoint: str) -> Undone:
    """Makes the source region the primary of the keys again, unless an endpoint is served from the target region."""
    if any(context.journal.position(item.name) == context.target for item in context.zone.endpoints):
        return Undone()
    if context.source not in context.zones or context.target not in context.zones:
        return Undone(left=[_by_hand(context)])
    returned: list[str] = []
    for key in context.zone.key_ids:
        if _primary_region(context, key) == context.target_region:
            context.client("kms").update_primary_region(KeyId=key, PrimaryRegion=context.source_region)
            returned.append(key)
    return Undone(restored=f"{context.source_region} is the primary of {len(returned)} keys" if returned else "")


def _by_hand(context: Context) -> str:
    return (
        f"keys whose primary is {context.target_region}, if any, stay so until both regions answer: aws kms "
        f"update-primary-region --region {context.target_region} --key-id ID --primary-region {context.source_region}"
    )


def _enabled(context: Context, _endpoint: str) -> None:
    for key in context.zone.key_ids:
        _primary_region(context, key)


def _findings(situation: Situation) -> Iterator[Finding]:
    client = situation.aws.client("kms", situation.zone.recovery)
    for key in situation.zone.key_ids:
        metadata = client.describe_key(KeyId=key)["KeyMetadata"]
        state = metadata["KeyState"]
        yield Finding(check="keys", subject=key, ok=state == "Enabled", found=state)
        region = primary_region(metadata)
        expected = situation.zone.region(serving_side(situation.snapshot))
        detail = f"its primary is in {region}" + ("" if region == expected else f", not in {expected}, which serves")
        yield Finding(check="primary keys", subject=key, ok=region == expected, found=detail)


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
    preflight=_enabled,
    compensation=Compensation(
        undo=return_keys, text=lambda route, _: f"make {route.source_region} the primary of the keys again"
    ),
    change=promote_keys,
    when_repeated="a key whose primary region is the target region already is skipped",
)
