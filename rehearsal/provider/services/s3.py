"""S3: buckets, and the account's public-access block."""

from typing import Any, Final

from botocore.exceptions import ClientError

from rehearsal.provider import retry
from rehearsal.provider.convert import tags
from rehearsal.provider.errors import ExistsError
from rehearsal.provider.services.shapes import wrap
from rehearsal.provider.spec import Emulated, EmulatedResource, ResourceFunction
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


def _create(resource: EmulatedResource) -> dict[str, Any]:
    name = resource.inputs["bucket"]
    options: dict[str, Any] = {}
    if resource.region == "us-east-1":
        # There, and only there, AWS says yes to who creates a bucket that is his already (CreateBucket, "Errors").
        if not resource.ours and _there(resource, name):
            raise ExistsError(
                f"creating {resource.spec.type} {name}: BucketAlreadyOwnedByYou: the account has it already"
            )
    else:
        options["CreateBucketConfiguration"] = {"LocationConstraint": resource.region}
    if resource.inputs.get("objectLockEnabled"):
        options["ObjectLockEnabledForBucket"] = True
    resource.call("create_bucket", Bucket=name, **options)
    inline = sorted(_INLINE & resource.inputs.keys())
    if inline:
        resource.show(f"a rehearsed bucket takes {', '.join(inline)} from resources of their own, not from the bucket")
    return {"bucket": name}


def _there(resource: EmulatedResource, name: str) -> bool:
    try:
        resource.call("head_bucket", Bucket=name)
    except ClientError:
        return False
    return True


def _tag(resource: EmulatedResource) -> None:
    requested_tags_all = resource.inputs.get("tagsAll") or {}
    if requested_tags_all:
        pairs = [{"Key": key, "Value": value} for key, value in sorted(requested_tags_all.items())]
        resource.call("put_bucket_tagging", Bucket=resource.id, Tagging={"TagSet": pairs})
    elif resource.changed:
        resource.call("delete_bucket_tagging", Bucket=resource.id)


def _update(resource: EmulatedResource) -> None:
    if resource.changed & on("tags", "tagsAll"):
        _tag(resource)


def _read(resource: EmulatedResource) -> Any:
    resource.call("head_bucket", Bucket=resource.id)
    region = resource.call("get_bucket_location", Bucket=resource.id).get("LocationConstraint") or "us-east-1"
    return {
        "bucket": resource.id,
        "arn": f"arn:aws:s3:::{resource.id}",
        "bucketDomainName": f"{resource.id}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{resource.id}.s3.{region}.amazonaws.com",
        "bucketRegion": region,
        "hostedZoneId": _ZONES.get(region, ""),
        "requestPayer": "BucketOwner",
        "Tags": _tags(resource),
    }


def _tags(resource: EmulatedResource) -> dict[str, str]:
    try:
        return tags(resource.call("get_bucket_tagging", Bucket=resource.id)["TagSet"])
    except ClientError as error:
        if retry.code(error) == "NoSuchTagSet":
            return {}
        raise


def _empty(resource: EmulatedResource) -> None:
    if not resource.values.get("forceDestroy"):
        return
    for version in [
        *resource.pages("list_object_versions", "Versions", Bucket=resource.id),
        *resource.pages("list_object_versions", "DeleteMarkers", Bucket=resource.id),
    ]:
        resource.call(
            "delete_object",
            Bucket=resource.id,
            Key=version["Key"],
            VersionId=version["VersionId"],
            BypassGovernanceRetention=True,
        )


def _bucket(token: str) -> Emulated:
    tag: ResourceFunction = _tag
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
