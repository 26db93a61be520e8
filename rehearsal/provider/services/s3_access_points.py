"""S3: access points, each with a policy of its own."""

from typing import Any, Final

from botocore.exceptions import ClientError

from rehearsal.provider import retry
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Setting, on


def _which(resource: EmulatedResource) -> Values:
    return {"AccountId": resource.values["accountId"], "Name": resource.values["name"]}


def _create(resource: EmulatedResource) -> Values:
    resource.call("create_access_point", **resource.params("create_access_point", {**resource.values, "tags": None}))
    return {}


def _policy(resource: EmulatedResource, access_point: Values) -> str | None:
    try:
        return str(resource.call("get_access_point_policy", **access_point)["Policy"])
    except ClientError as error:
        if not retry.missing(error):
            raise
        return None


def _read(resource: EmulatedResource) -> Any:
    identity = _which(resource)
    access_point = resource.call("get_access_point", **identity)
    return {
        **access_point,
        "accountId": identity["AccountId"],
        "arn": access_point["AccessPointArn"],
        "domainName": f"{access_point['Name']}-{identity['AccountId']}.s3-accesspoint.{resource.region}.amazonaws.com",
        "hasPublicAccessPolicy": False,
        "policy": _policy(resource, identity),
    }


def _point(resource: EmulatedResource) -> Values:
    """Return account and name of an access point's ARN: arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME."""
    parts = str(resource.values["accessPointArn"]).split(":")
    return {"AccountId": parts[4], "Name": parts[5].partition("/")[2]}


def _put_policy(resource: EmulatedResource) -> Values:
    resource.call("put_access_point_policy", **_point(resource), Policy=resource.inputs["policy"])
    return {}


def _read_policy(resource: EmulatedResource) -> Any:
    policy = _policy(resource, _point(resource))
    return policy and {"accessPointArn": resource.values["accessPointArn"], "policy": policy}


TYPES: Final = (
    Emulated(
        type="aws:s3/accessPoint:AccessPoint",
        service="s3control",
        create=_create,
        read=_read,
        update=(),
        settings=(
            Setting(
                on=on("policy"),
                set="put_access_point_policy",
                unset="delete_access_point_policy",
                by={"AccountId": "accountId", "Name": "name", "Policy": "policy"},
            ),
        ),
        delete=ApiCall(op="delete_access_point", by={"AccountId": "accountId", "Name": "name"}),
        id="{accountId}:{name}",
        forces=on(
            "accountId", "bucket", "bucketAccountId", "name", "publicAccessBlockConfiguration", "vpcConfiguration"
        ),
    ),
    Emulated(
        type="aws:s3control/accessPointPolicy:AccessPointPolicy",
        service="s3control",
        create=_put_policy,
        read=_read_policy,
        update="put",
        delete=lambda resource: resource.call("delete_access_point_policy", **_point(resource)),
        id="{accessPointArn}",
        forces=on("accessPointArn"),
    ),
)
