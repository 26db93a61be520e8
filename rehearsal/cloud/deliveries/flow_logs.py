"""VPC flow logs: files in S3 under the service principal of log delivery, events in CloudWatch Logs under a role.

Source: VPC User Guide, "Publish flow logs to Amazon S3" and "Publish flow logs to CloudWatch Logs".
"""

import gzip
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from botocore.exceptions import ClientError
from moto.ec2.models import ec2_backends

from rehearsal.cloud.authorization.service_sessions import ServicePrincipal
from rehearsal.cloud.deliveries import delivery
from rehearsal.cloud.deliveries.delivery import Delivery
from rehearsal.cloud.rules.roles import role_trusts
from rehearsal.cloud.service_calls import SERVICE_CALLS, NoRoleError

NAME: Final = "delivery.logs.amazonaws.com"
ROLE_NAME: Final = "vpc-flow-logs.amazonaws.com"
_SECONDS: Final = 60


def deliver() -> Iterator[Delivery]:
    """Deliver an aggregation interval of every flow log; its status becomes that of the delivery."""
    backends: Any = ec2_backends
    for account in sorted(backends):
        for backend in list(backends[account].values()):
            for log in list(backend.flow_logs.values()):
                yield _deliver(backend, log)


def _deliver(backend: Any, log: Any) -> Delivery:
    lines = list(_lines(backend, log))
    error = ""
    try:
        send = _to_group if log.log_destination_type == "cloud-watch-logs" else _to_bucket
        target = send(backend, log, lines)
    except (ClientError, NoRoleError) as refused:
        error, target = str(refused), str(log.log_destination or log.log_group_name)
    log.deliver_logs_status = "FAILED" if error else "SUCCESS"
    log.deliver_logs_error_message = "Access error" if error else None
    return Delivery(
        service="flow-logs",
        account=backend.account_id,
        region=backend.region_name,
        source=log.id,
        target=target,
        error=error,
    )


def _lines(backend: Any, log: Any) -> Iterator[str]:
    """One record without data per network interface of the logged resource, in the format of the log."""
    end = int(delivery.now().timestamp())
    for interface in list(backend.enis.values()):
        if log.resource_id in (interface.id, interface.subnet.id, interface.subnet.vpc_id):
            values = {
                "version": "2",
                "account-id": backend.account_id,
                "interface-id": interface.id,
                "start": str(end - _SECONDS),
                "end": str(end),
                "log-status": "NODATA",
            }
            yield " ".join(values.get(name, "-") for name in _fields(log))


def _fields(log: Any) -> list[str]:
    return str(log.log_format).replace("${", "").replace("}", "").split()


def _to_bucket(backend: Any, log: Any, lines: list[str]) -> str:
    account, region, time = backend.account_id, backend.region_name, delivery.now()
    bucket, _, prefix = str(log.log_destination).rpartition(":")[2].partition("/")
    kind = "vpcflowlogs"
    name = f"{account}_{kind}_{region}_{log.id}_{time:%Y%m%dT%H%MZ}_{delivery.unique()}.log.gz"
    key = delivery.under(prefix, f"AWSLogs/{account}/{kind}/{region}/{time:%Y/%m/%d}/{name}")
    principal = ServicePrincipal(name=NAME, account=account, source_arn=f"arn:aws:logs:{region}:{account}:*")
    client = SERVICE_CALLS.as_service("s3", delivery.bucket_region(bucket) or region, principal)
    client.get_bucket_acl(Bucket=bucket)
    text = "\n".join([" ".join(_fields(log)), *lines, ""])
    delivery.put(client, bucket, key, gzip.compress(text.encode()))
    return f"s3://{bucket}/{key}"


def _to_group(backend: Any, log: Any, lines: list[str]) -> str:
    role = str(log.deliver_logs_permission_arn)
    if not role_trusts(role, ROLE_NAME, backend.account_id):
        raise NoRoleError(f"The role {role} does not exist, or it does not trust {ROLE_NAME}.")
    client = SERVICE_CALLS.client("logs", backend.region_name, role, "flow-logs")
    stream = f"{log.id}-all"
    with suppress(client.exceptions.ResourceAlreadyExistsException):
        client.create_log_stream(logGroupName=log.log_group_name, logStreamName=stream)
    if lines:
        time = int(delivery.now().timestamp() * 1000)
        events = [{"timestamp": time, "message": line} for line in lines]
        client.put_log_events(logGroupName=log.log_group_name, logStreamName=stream, logEvents=events)
    return f"arn:aws:logs:{backend.region_name}:{backend.account_id}:log-group:{log.log_group_name}"
