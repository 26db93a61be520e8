"""Documents of `zone preview --json` and of `zone facts` for tests of pull-request comments."""

import json
from typing import Any

from inspection.comparison.facts import CostFacts, Facts, GuardrailFacts, GuardrailPolicy, NetworkFacts

HTTPS = ((443, 443),)


def change(op: str, kind: str, name: str, *diff: dict[str, Any]) -> dict[str, Any]:
    return {"op": op, "type": kind, "urn": f"urn:pulumi:s::hipaa-ml::{kind}::{name}", "diff": list(diff)}


def property_change(path: str, old: Any, new: Any, kind: str = "update") -> dict[str, Any]:
    return {"path": path, "kind": kind, "old": old, "new": new}


def violation(message: str, level: str = "mandatory", name: str = "records") -> dict[str, str]:
    urn = f"urn:pulumi:audit::hipaa-ml::aws:s3/bucket:Bucket::{name}"
    return {"policy": "s3-bucket-versioning", "urn": urn, "level": level, "message": message}


def stack(name: str, *changes: dict[str, Any], error: str | None = None, **more: Any) -> dict[str, Any]:
    operations = {"create": 0, "update": 0, "replace": 0, "delete": 0, "same": 4}
    for item in changes:
        operations[item["op"]] += 1
    return {
        "name": name,
        "operations": operations,
        "changes": list(changes),
        "violations": [],
        "undecided": [],
        "remediations": [],
        "emulated": 1,
        "recorded": 0,
        "seconds": 1.0,
        "error": error,
        **more,
    }


def run(*stacks: dict[str, Any], ok: bool = True) -> dict[str, Any]:
    return {"ok": ok, "stacks": list(stacks)}


def statement(sid: str, effect: str, *actions: str, **more: Any) -> dict[str, Any]:
    return {"Sid": sid, "Effect": effect, "Action": list(actions), "Resource": "*", **more}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def guardrails(content: str, *, targets: tuple[str, ...] = ("Workloads",)) -> GuardrailFacts:
    return GuardrailFacts(
        policies=[
            GuardrailPolicy(name="workloads", type="SERVICE_CONTROL_POLICY", content=content, targets=list(targets))
        ],
        accounts={
            "ml-prod": ("000000000001", "Workloads/ML-Prod"),
            "ml-dev": ("000000000002", "Workloads/ML-Dev"),
            "sandbox": ("000000000003", "Sandbox"),
        },
        management_account="999999999999",
        organization="o-abc",
        prefix="clinic",
        regions=("eu-west-1", "eu-central-1"),
        requests=[
            {
                "account": "ml-prod",
                "principal": "arn:aws:iam::444444444444:role/team/scientist",
                "action": "ec2:AllocateAddress",
                "resource": "arn:aws:ec2:us-east-1:444444444444:elastic-ip/*",
                "context": '{"aws:RequestedRegion": "us-east-1"}',
            }
        ],
    )


DENY = document(
    statement("N8", "Deny", "ec2:AllocateAddress"), statement("F1", "Deny", "organizations:LeaveOrganization")
)
WEAK = document(statement("F1", "Deny", "organizations:LeaveOrganization"))


def facts(
    content: str = DENY,
    *,
    pairs: dict[tuple[str, str], tuple[tuple[int, int], ...]] | None = None,
    differences: tuple[str, ...] = (),
    cost: float = 100.0,
    **more: Any,
) -> Facts:
    values: dict[str, Any] = {
        "guardrails": guardrails(content),
        "network": NetworkFacts(
            source="deployed",
            pairs=pairs or {("ml-dev/training", "ml-dev/data"): HTTPS},
            differences=differences,
        ),
        "cost": CostFacts(source="deployed", items={"us-east-1: firewall endpoints": cost}, as_of="2026-11"),
        **more,
    }
    return Facts(**values)
