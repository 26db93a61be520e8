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

CASES = [
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
