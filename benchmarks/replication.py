"""Prints what many teams' data costs to preview and deploy, and how fast ten thousand objects arrive elsewhere."""

import argparse
import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from benchmarks import many_teams, zone
from rehearsal.cloud import Cloud
from zone.shared.buckets import ENVIRONMENT_BUCKETS

ENVIRONMENTS: Final = ("dev", "staging", "prod")
EAST, WEST = "us-east-1", "us-west-2"
WRITERS: Final = 8
S3: Final = {"Service": "s3.amazonaws.com"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--teams", type=int, default=20)
    parser.add_argument("--up", action="store_true", help="deploy what was previewed as well")
    arguments = parser.parse_args()
    if arguments.teams:
        _deployed(arguments.teams, up=arguments.up)
    if arguments.objects:
        _drill(arguments.objects)


def _deployed(teams: int, *, up: bool) -> None:
    """Three environments' data of many teams: previewed after their foundation is up, and deployed if asked for."""
    stacks = [f"data-{environment}" for environment in ENVIRONMENTS]
    foundation = [
        "organization",
        "audit",
        "baseline-management",
        "baseline-backup",
        *(f"baseline-ml-{environment}" for environment in ENVIRONMENTS),
    ]
    with tempfile.TemporaryDirectory() as temporary:
        folder = zone.copy(Path(temporary))
        many_teams.write(folder, teams)
        try:
            zone.rehearse(folder, "up", *foundation, "--json")
            before = zone.peak_mib()
            for operation in ("preview", "up") if up else ("preview",):
                seconds, printed = zone.rehearse(folder, operation, *stacks, "--json")
                _print(operation, teams, seconds, json.loads(printed), before)
        finally:
            zone.rehearse(folder, "cloud", "stop")


def _print(operation: str, teams: int, seconds: float, document: dict[str, Any], before: float) -> None:
    created = sum(stack["operations"].get("create", 0) for stack in document["stacks"])
    print(
        f"{operation}: {teams} teams x {len(ENVIRONMENTS)} environments x {len(ENVIRONMENT_BUCKETS)} buckets: "
        f"{created} resources in {seconds:.1f} s "
        f"({seconds / max(created, 1) * 1000:.0f} ms each); largest process {zone.peak_mib():.0f} MiB "
        f"({before:.0f} MiB before)"
    )


def _drill(count: int) -> None:
    """Puts objects in one region and waits for them in the other."""
    with tempfile.TemporaryDirectory() as state:
        cloud = Cloud.start(Path(state))
        try:
            _put_and_wait(cloud, count)
        finally:
            cloud.stop()


def _policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _put_and_wait(cloud: Cloud, count: int) -> None:
    endpoints = cloud.endpoints()
    east, west = endpoints.client("s3", EAST), endpoints.client("s3", WEST)
    iam = endpoints.client("iam", EAST)
    role = iam.create_role(RoleName="drill", AssumeRolePolicyDocument=_policy(Principal=S3, Action="sts:AssumeRole"))
    iam.put_role_policy(
        RoleName="drill", PolicyName="replicate", PolicyDocument=_policy(Action="s3:*", Resource="arn:aws:s3:::drill-*")
    )
    east.create_bucket(Bucket="drill-east")
    west.create_bucket(Bucket="drill-west", CreateBucketConfiguration={"LocationConstraint": WEST})
    for client, bucket in ((east, "drill-east"), (west, "drill-west")):
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    rule: dict[str, Any] = {
        "ID": "everything",
        "Status": "Enabled",
        "Priority": 0,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "Destination": {"Bucket": "arn:aws:s3:::drill-west", "Metrics": {"Status": "Enabled"}},
    }
    east.put_bucket_replication(
        Bucket="drill-east", ReplicationConfiguration={"Role": role["Role"]["Arn"], "Rules": [rule]}
    )
    began, worst = time.perf_counter(), 0.0
    with ThreadPoolExecutor(WRITERS) as pool:
        written = pool.map(
            lambda number: east.put_object(Bucket="drill-east", Key=f"{number:06d}", Body=b"x" * 1024), range(count)
        )
        for number, _ in enumerate(written):
            if number % 500 == 0:
                worst = max(worst, cloud.replication().rpo)
    put = time.perf_counter() - began
    while cloud.replication().backlog:
        worst = max(worst, cloud.replication().rpo)
        time.sleep(0.05)
    done = time.perf_counter() - began
    copied = sum(rule.completed for rule in cloud.replication().rules)
    print(f"{count} objects put in {put:.1f} s ({count / put:.0f}/s), {copied} copied after {done:.1f} s")
    print(f"throughput {copied / done:.0f} copies/s; largest lag {worst:.2f} s, {done - put:.2f} s to drain")


if __name__ == "__main__":
    main()
