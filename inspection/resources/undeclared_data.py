"""Policies, grants and shares of the declared data that nobody declared."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import jmespath

from inspection.observation import Observation
from inspection.resources.known import Known
from inspection.resources.place import Places, shortened, undeclared

GONE: Final = "NoSuchBucket"
"""Error code of a bucket that is missing, which the comparison with the declaration reports."""
_BUCKET_PARTS: Final = (
    ("policy", "get_bucket_policy", "NoSuchBucketPolicy", "Policy", "bucketPolicy:BucketPolicy"),
    (
        *("replication", "get_bucket_replication", "ReplicationConfigurationNotFoundError"),
        *("ReplicationConfiguration", "bucketReplicationConfig:BucketReplicationConfig"),
    ),
    (
        *("website", "get_bucket_website", "NoSuchWebsiteConfiguration"),
        *("IndexDocument || RedirectAllRequestsTo", "bucketWebsiteConfiguration:BucketWebsiteConfiguration"),
    ),
    (
        *("CORS rules", "get_bucket_cors", "NoSuchCORSConfiguration"),
        *("CORSRules", "bucketCorsConfiguration:BucketCorsConfiguration"),
    ),
)
"""Part of a bucket, its operation, the error code of a bucket without it, its member, the Pulumi type's name."""


def bucket_parts(reads: Places, known: Known) -> Iterator[Observation]:
    """Policy, replication, website and CORS rules of declared buckets that have no such part declared."""
    account, region = reads.place.account, reads.place.region
    for bucket in known.of("aws:s3/bucket:Bucket", account, region):
        for kind, operation, absent, member, name in _BUCKET_PARTS:
            type_ = f"aws:s3/{name}"
            if (bucket.id,) in known.values(type_, account, "bucket"):
                continue
            value = jmespath.search(member, reads.optional("s3", operation, [absent, GONE], Bucket=bucket.id))
            if value:
                yield undeclared(
                    *(reads.place, f"bucket {kind}", bucket.id),
                    type_=type_,
                    control="D4",
                    arn=bucket.arn,
                    detail=shortened(value),
                )
        yield from _acl(reads, bucket.id, bucket.arn)


def _acl(reads: Places, bucket: str, arn: str) -> Iterator[Observation]:
    """Grants of a bucket's ACL to others than its owner."""
    answer = reads.optional("s3", "get_bucket_acl", [GONE], Bucket=bucket)
    owner = (answer.get("Owner") or {}).get("ID")
    for grant in answer.get("Grants", []):
        grantee = grant.get("Grantee", {})
        if grantee.get("ID") != owner or grantee.get("URI"):
            who = grantee.get("URI") or grantee.get("ID") or grantee.get("EmailAddress")
            yield undeclared(
                *(reads.place, "ACL grant", f"{bucket} {who}"),
                type_="aws:s3/bucketAcl:BucketAcl",
                control="D4",
                arn=arn,
                detail=f"{grant.get('Permission')} to {who}",
            )


def access_points(reads: Places, known: Known) -> Iterator[Observation]:
    """S3 access points."""
    account = reads.place.account
    for point in reads.list("s3control", "list_access_points", "AccessPointList", AccountId=account):
        arn = str(point.get("AccessPointArn") or point["Name"])
        types = ["aws:s3/accessPoint:AccessPoint"]
        if not known.has(types, arn, account=account) and not known.has(types, point["Name"], account=account):
            yield undeclared(
                *(reads.place, "access point", f"{point['Name']} of {point['Bucket']}"),
                type_=types[0],
                control="D10",
                arn=arn,
            )


def key_grants(reads: Places, known: Known) -> Iterator[Observation]:
    """Grants of declared keys, other than those that AWS services make for themselves."""
    account, region = reads.place.account, reads.place.region
    for type_ in ("aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey"):
        for key in known.of(type_, account, region):
            for grant in reads.list("kms", "list_grants", "Grants", KeyId=key.id):
                grantee = str(grant.get("GranteePrincipal"))
                identity = str(grant["GrantId"])
                declared = any(identity in resource.id for resource in known.of("aws:kms/grant:Grant", account))
                if not declared and not grantee.endswith(".amazonaws.com"):
                    yield undeclared(
                        *(reads.place, "key grant", f"{identity} on {key.id}"),
                        type_="aws:kms/grant:Grant",
                        control="D1",
                        arn=key.arn,
                        detail=f"{', '.join(grant.get('Operations', []))} to {grantee}",
                    )


def shared_snapshots(reads: Places, known: Known) -> Iterator[Observation]:
    """Snapshots and images that are shared with other accounts or with everybody."""
    del known
    for snapshot in reads.list("ec2", "describe_snapshots", "Snapshots", OwnerIds=[reads.place.account]):
        identity = snapshot["SnapshotId"]
        if snapshot.get("OwnerId") not in (None, reads.place.account):
            continue
        permissions = reads.client("ec2").describe_snapshot_attribute(
            SnapshotId=identity, Attribute="createVolumePermission"
        )["CreateVolumePermissions"]
        yield from _shared(reads, "snapshot", identity, "aws:ebs/snapshot:Snapshot", permissions)
    for image in reads.list("ec2", "describe_images", "Images", Owners=[reads.place.account]):
        if image.get("OwnerId") not in (None, reads.place.account):
            continue
        permissions = reads.client("ec2").describe_image_attribute(
            ImageId=image["ImageId"], Attribute="launchPermission"
        )["LaunchPermissions"]
        yield from _shared(reads, "image", image["ImageId"], "aws:ec2/ami:Ami", permissions)


def _shared(
    reads: Places, kind: str, identity: str, type_: str, permissions: Sequence[Mapping[str, Any]]
) -> Iterator[Observation]:
    who = [str(entry.get("UserId") or entry.get("Group")) for entry in permissions]
    if who:
        yield undeclared(
            *(reads.place, f"shared {kind}", identity),
            type_=type_,
            control="F11",
            detail=f"shared with {', '.join(who)}",
        )


def lake_permissions(reads: Places, known: Known) -> Iterator[Observation]:
    """Lake Formation's permissions, and their grant options."""
    account, region = reads.place.account, reads.place.region
    type_ = "aws:lakeformation/permissions:Permissions"
    declared: dict[str, tuple[set[str], set[str]]] = {}
    for resource in known.of(type_, account, region):
        values = resource.declared or {}
        permissions, grantable = declared.setdefault(str(values.get("principal")), (set(), set()))
        permissions |= {str(entry) for entry in values.get("permissions") or ()}
        grantable |= {str(entry) for entry in values.get("permissionsWithGrantOptions") or ()}
    administrators = {
        str(admin)
        for settings in known.of("aws:lakeformation/dataLakeSettings:DataLakeSettings", account, region)
        for admin in (settings.declared or {}).get("admins") or ()
    }
    for entry in reads.list("lakeformation", "list_permissions", "PrincipalResourcePermissions"):
        principal = str(entry["Principal"]["DataLakePrincipalIdentifier"])
        if principal in administrators:
            continue
        permissions, grantable = declared.get(principal, (set[str](), set[str]()))
        extra = set(entry.get("Permissions", [])) - permissions
        extra_grants = set(entry.get("PermissionsWithGrantOption", [])) - grantable
        if extra or extra_grants:
            text = f"{', '.join(sorted(extra))} on {shortened(entry['Resource'])}"
            if extra_grants:
                text += f"; may grant {', '.join(sorted(extra_grants))}"
            yield undeclared(
                *(reads.place, "Lake Formation permission", principal),
                type_=type_,
                control="D9",
                arn=principal,
                detail=text,
            )
