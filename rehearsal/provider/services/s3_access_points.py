"""S3: access points, each with a policy of its own."""

from typing import Any, Final

from botocore.exceptions import ClientError

from rehearsal.provider import retry
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Setting, on


def _which(work: Work) -> Values:
    return {"AccountId": work.values["accountId"], "Name": work.values["name"]}


def _create(work: Work) -> Values:
    work.call("create_access_point", **work.params("create_access_point", {**work.values, "tags": None}))
    return {}


def _policy(work: Work, access_point: Values) -> str | None:
    try:
        return str(work.call("get_access_point_policy", **access_point)["Policy"])
    except ClientError as error:
        if not retry.missing(error):
            raise
        return None


def _read(work: Work) -> Any:
    identity = _which(work)
    access_point = work.call("get_access_point", **identity)
    return {
        **access_point,
        "accountId": identity["AccountId"],
        "arn": access_point["AccessPointArn"],
        "domainName": f"{access_point['Name']}-{identity['AccountId']}.s3-accesspoint.{work.region}.amazonaws.com",
        "hasPublicAccessPolicy": False,
        "policy": _policy(work, identity),
    }


def _point(work: Work) -> Values:
    """Return account and name of an access point's ARN: arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME."""
    parts = str(work.values["accessPointArn"]).split(":")
    return {"AccountId": parts[4], "Name": parts[5].partition("/")[2]}


def _put_policy(work: Work) -> Values:
    work.call("put_access_point_policy", **_point(work), Policy=work.inputs["policy"])
    return {}


def _read_policy(work: Work) -> Any:
    policy = _policy(work, _point(work))
    return policy and {"accessPointArn": work.values["accessPointArn"], "policy": policy}


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
        delete=lambda work: work.call("delete_access_point_policy", **_point(work)),
        id="{accessPointArn}",
        forces=on("accessPointArn"),
    ),
)
