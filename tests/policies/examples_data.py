"""Compliant resources of the subject `data`, and the smallest change to each that its policy must catch."""

import json
from typing import Any

from policies import tokens
from tests.policies.examples import KEY_ARN, Case, Example

HEADER = "s3:x-amz-server-side-encryption-aws-kms-key-id"


def policy(*conditions: dict[str, Any]) -> str:
    statements = [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": one} for one in conditions
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


RIGHT_KEY = {"Null": {HEADER: "false"}, "StringNotEquals": {HEADER: KEY_ARN}}
INSIDE = {"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}
TLS = {"Bool": {"aws:SecureTransport": "false"}}
RULE = {
    "status": "Enabled",
    "deleteMarkerReplication": {"status": "Enabled"},
    "destination": {
        "bucket": "copy",
        "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
        "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
    },
}
PHI = Example(type=tokens.BUCKETS[0], name="phi", props={"bucket": "phi", "tags": {"data-classification": "phi"}})
COPIES = Example(type=tokens.BUCKET_REPLICATION, of="phi", props={"bucket": "phi", "role": "r", "rules": [RULE]})
CLOSED = Example(type=tokens.BUCKET_POLICY, of="phi", props={"bucket": "phi", "policy": policy(TLS, RIGHT_KEY, INSIDE)})
POINT = Example(
    type="aws:s3/accessPoint:AccessPoint", props={"bucket": "phi", "name": "team", "policy": policy(TLS, INSIDE)}
)
BLOCK = dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True)

DEIDENTIFIED = {"data-classification": "de-identified"}
STORES = (
    ("aws:dynamodb/table:Table", {"name": "store"}, "replicas", [{"regionName": "us-west-2"}]),
    ("aws:efs/fileSystem:FileSystem", {}, "", None),
    ("aws:rds/cluster:Cluster", {"engine": "aurora-postgresql"}, "globalClusterIdentifier", "global"),
    ("aws:rds/instance:Instance", {"instanceClass": "db.r6g.large"}, "replicateSourceDb", "other"),
)


def store(kind: str, **props: Any) -> Example:
    return Example(type=kind, name="store", props={**props, "tags": DEIDENTIFIED})


def selected(**props: Any) -> Example:
    """A selection that names the store, as a preview sees it: by the dependency alone."""
    return Example(
        type="aws:backup/selection:Selection",
        name="selection",
        uses={"resources": "store"},
        props={"iamRoleArn": "r", "planId": "p", **props},
    )


BY_TAG = Example(
    type="aws:backup/selection:Selection",
    name="selection",
    props={
        "iamRoleArn": "r",
        "planId": "p",
        "selectionTags": [{"type": "STRINGEQUALS", "key": "data-classification", "value": "de-identified"}],
    },
)

CASES = [
    *(
        Case(
            policy="data-covered",
            compliant=[store(kind, **props), selected(resources=["arn"])],
            changes=["aws:backup/selection:Selection"],
        )
        for kind, props, _, _ in (*STORES, (tokens.BUCKETS[0], {"bucket": "store"}, "", None))
    ),
    *(
        Case(policy="data-covered", compliant=[store(kind, **props, **{name: value})], changes=[(0, name, None)])
        for kind, props, name, value in STORES
        if name
    ),
    Case(
        policy="data-covered",
        compliant=[store("aws:efs/fileSystem:FileSystem"), BY_TAG],
        changes=[(1, "selectionTags.0.value", "phi"), (1, "selectionTags", None)],
    ),
    Case(
        policy="data-covered",
        compliant=[Example(type=PHI.type, name="phi", props=PHI.props), COPIES],
        changes=[tokens.BUCKET_REPLICATION],
    ),
    Case(
        policy="s3-phi-in-time",
        compliant=[PHI, COPIES],
        changes=[
            (1, "rules", [{**RULE, "destination": {"bucket": "copy"}}]),
            (1, "rules", [{**RULE, "deleteMarkerReplication": {"status": "Disabled"}}]),
        ],
    ),
    Case(
        policy="s3-phi-right-key",
        compliant=[PHI, CLOSED],
        changes=[
            (1, "policy", policy(TLS, INSIDE)),
            (1, "policy", policy(TLS, INSIDE, {"StringNotEquals": {HEADER: KEY_ARN}})),
        ],
    ),
    Case(policy="s3-phi-endpoint-only", compliant=[PHI, CLOSED], changes=[(1, "policy", policy(TLS, RIGHT_KEY))]),
    Case(
        policy="s3-access-point-closed",
        compliant=[POINT],
        changes=[
            (0, "policy", None),
            (0, "policy", policy(TLS)),
            (0, "publicAccessBlockConfiguration", {**BLOCK, "blockPublicPolicy": False}),
        ],
    ),
]
