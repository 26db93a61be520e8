"""Prints what many teams' data costs to declare, and how fast and late ten thousand objects arrive elsewhere."""

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from components import data as d
from rehearsal.cloud import Cloud
from stacks.data import BUCKETS, table
from stacks.settings import Settings

ROOT: Final = Path(__file__).parents[1]
EAST, WEST = "us-east-1", "us-west-2"
WRITERS: Final = 8


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--teams", type=int, default=20)
    arguments = parser.parse_args()
    _declared(arguments.teams)
    _drill(arguments.objects)


def _declared(teams: int) -> None:
    """Twenty teams, three environments, seven buckets: settings, checks and tables."""
    data = {
        "teams": {f"team{number}": {"project": f"p{number}"} for number in range(teams)},
        "data_sets": {
            f"set{number}_{bucket.replace('-', '_')}": {
                "owner": f"team{number}",
                "bucket": bucket,
                "columns": {"id": {"sensitivity": "phi" if bucket == "raw-phi" else "de-identified"}},
            }
            for number in range(teams)
            for bucket in ("raw-phi",)
        },
        "access": [
            {"team": f"team{number}", "data_set": f"set{number}_raw_phi", "columns": ["*"], "purpose": "treatment"}
            for number in range(teams)
        ],
    }
    base = Settings.from_files(ROOT, "organization")
    began = time.perf_counter()
    settings = Settings.parse({**base.model_dump(mode="json", exclude_none=True), "data": data}, {})
    tables: list[d.AccessTable] = [table(settings, one) for one in ("dev", "staging", "prod")]
    took = time.perf_counter() - began
    rows = sum(len(one.rows) for one in tables)
    print(f"{teams} teams x 3 environments x {len(BUCKETS)} buckets: {rows} rows checked and drawn in {took:.2f} s")


def _drill(count: int) -> None:
    """Puts objects in one region and waits for them in the other."""
    with tempfile.TemporaryDirectory() as state:
        cloud = Cloud.start(Path(state))
        try:
            _put_and_wait(cloud, count)
        finally:
            cloud.stop()


def _put_and_wait(cloud: Cloud, count: int) -> None:
    endpoints = cloud.endpoints()
    east, west = endpoints.client("s3", EAST), endpoints.client("s3", WEST)
    role = endpoints.client("iam", EAST).create_role(RoleName="drill", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
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
    east.put_bucket_replication(Bucket="drill-east", ReplicationConfiguration={"Role": role, "Rules": [rule]})
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
    copied = sum(one.completed for one in cloud.replication().rules)
    print(f"{count} objects put in {put:.1f} s ({count / put:.0f}/s), {copied} copied after {done:.1f} s")
    print(f"throughput {copied / done:.0f} copies/s; largest lag {worst:.2f} s, {done - put:.2f} s to drain")


if __name__ == "__main__":
    main()
