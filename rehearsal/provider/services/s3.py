"""S3: buckets, and the account's public-access block."""

from typing import Any, Final

from botocore.exceptions import ClientError

from rehearsal.provider import retry
from rehearsal.provider.convert import tags
from rehearsal.provider.errors import ExistsError
from rehearsal.provider.services.shapes import wrap
from rehearsal.provider.spec import Emulated, Step, Work
from rehearsal.provider.vocabulary import ApiCall, on

_ZONES: Final = {
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
    "ca-central-1": "Z1QDHH18159H29",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-west-1": "Z1BKCTXD74EZPE",
}
"""Hosted zones of S3's website endpoints (AWS General Reference, "Amazon S3 endpoints and quotas")."""
_INLINE: Final = on(
    "acl",
    "corsRules",
    "grants",
    "lifecycleRules",
    "logging",
    "policy",
    "replicationConfiguration",
    "serverSideEncryptionConfiguration",
    "versioning",
    "website",
)
"""What the AWS provider takes with a bucket for old programs' sake; each has a resource type of its own."""


def _create(work: Work) -> dict[str, Any]:
    name = work.inputs["bucket"]
    options: dict[str, Any] = {}
    if work.region == "us-east-1":
        # There, and only there, AWS says yes to who creates a bucket that is his already (CreateBucket, "Errors").
        if not work.ours and _there(work, name):
            raise ExistsError(f"creating {work.spec.type} {name}: BucketAlreadyOwnedByYou: the account has it already")
    else:
        options["CreateBucketConfiguration"] = {"LocationConstraint": work.region}
    if work.inputs.get("objectLockEnabled"):
        options["ObjectLockEnabledForBucket"] = True
    work.call("create_bucket", Bucket=name, **options)
    inline = sorted(_INLINE & work.inputs.keys())
    if inline:
        work.show(f"a rehearsed bucket takes {', '.join(inline)} from resources of their own, not from the bucket")
    return {"bucket": name}


def _there(work: Work, name: str) -> bool:
    try:
        work.call("head_bucket", Bucket=name)
    except ClientError:
        return False
    return True


def _tag(work: Work) -> None:
    requested_tags_all = work.inputs.get("tagsAll") or {}
    if requested_tags_all:
        pairs = [{"Key": key, "Value": value} for key, value in sorted(requested_tags_all.items())]
        work.call("put_bucket_tagging", Bucket=work.id, Tagging={"TagSet": pairs})
    elif work.changed:
        work.call("delete_bucket_tagging", Bucket=work.id)


def _update(work: Work) -> None:
    if work.changed & on("tags", "tagsAll"):
        _tag(work)


def _read(work: Work) -> Any:
    work.call("head_bucket", Bucket=work.id)
    region = work.call("get_bucket_location", Bucket=work.id).get("LocationConstraint") or "us-east-1"
    return {
        "bucket": work.id,
        "arn": f"arn:aws:s3:::{work.id}",
        "bucketDomainName": f"{work.id}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{work.id}.s3.{region}.amazonaws.com",
        "bucketRegion": region,
        "hostedZoneId": _ZONES.get(region, ""),
        "requestPayer": "BucketOwner",
        "Tags": _tags(work),
    }


def _tags(work: Work) -> dict[str, str]:
    try:
        return tags(work.call("get_bucket_tagging", Bucket=work.id)["TagSet"])
    except ClientError as error:
        if retry.code(error) == "NoSuchTagSet":
            return {}
        raise


def _empty(work: Work) -> None:
    if not work.values.get("forceDestroy"):
        return
    for version in [
        *work.pages("list_object_versions", "Versions", Bucket=work.id),
        *work.pages("list_object_versions", "DeleteMarkers", Bucket=work.id),
    ]:
        work.call(
            "delete_object",
            Bucket=work.id,
            Key=version["Key"],
            VersionId=version["VersionId"],
            BypassGovernanceRetention=True,
        )


def _bucket(token: str) -> Emulated:
    tag: Step = _tag
    return Emulated(
        type=token,
        service="s3",
        create=_create,
        after=tag,
        read=_read,
        update=_update,
        tidy=_empty,
        delete=ApiCall(op="delete_bucket", by={"Bucket": "id"}),
        id="{bucket}",
        forces=on("bucket", "bucketPrefix", "objectLockEnabled", "region"),
    )


TYPES: Final = (
    _bucket("aws:s3/bucket:Bucket"),
    _bucket("aws:s3/bucketV2:BucketV2"),
    Emulated(
        type="aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        service="s3control",
        create="put_public_access_block",
        read="get_public_access_block",
        result="PublicAccessBlockConfiguration",
        update="put",
        delete="delete_public_access_block",
        id="{accountId}",
        prepare=wrap("publicAccessBlockConfiguration"),
        forces=on("accountId"),
        exclusive=True,
    ),
)
