"""`zone attack` on the guardrails alone: every attack is stopped by its statement, and a missing one is noticed."""

import json
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from controls.registry import CONTROLS, sids
from inspection.attack.run import named_accounts
from inspection.attack.scenarios import scenarios
from rehearsal.cloud import Cloud
from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
GUARDRAILS = {sid for control in CONTROLS.values() for sid in sids(control)}
ATTACKS = [
    row
    for row in scenarios()
    if row.account == "ml-prod" and not row.stack and row.expect in GUARDRAILS and not named_accounts(row.parameters)
]


def planted() -> Mapping[str, str]:
    """Tactic -> the statement that most of its scenarios expect, another one for each tactic."""
    chosen: dict[str, str] = {}
    for tactic in sorted({row.tactic for row in ATTACKS}):
        counts = Counter(row.expect for row in ATTACKS if row.tactic == tactic)
        chosen[tactic] = next(sid for sid, _ in counts.most_common() if sid not in chosen.values())
    return chosen


def organizations(zone: Zone) -> Any:
    cloud = Cloud.attach(zone.root / ".rehearsal")
    assert cloud is not None
    return cloud.endpoints().client("organizations", "us-east-1")


@contextmanager
def without(client: Any, removed: set[str]) -> Generator[None]:
    """The deployed guardrails without some of their statements."""
    former: dict[str, str] = {}
    for policy in client.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]:
        content = client.describe_policy(PolicyId=policy["Id"])["Policy"]["Content"]
        document = json.loads(content)
        kept = [statement for statement in document["Statement"] if statement.get("Sid") not in removed]
        if kept != document["Statement"]:
            former[policy["Id"]] = content
            harmless = {"Sid": "Kept", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}
            changed = {**document, "Statement": kept or [harmless]}
            client.update_policy(PolicyId=policy["Id"], Content=json.dumps(changed))
    assert former
    yield
    for identifier, content in former.items():
        client.update_policy(PolicyId=identifier, Content=content)


def test_each_statement_that_is_gone_is_noticed(zone: Zone) -> None:
    """Planted faults: one statement of each tactic is removed from the deployed policies."""
    zone.shrink()
    assert zone.rehearse("up", "organization", timeout=600).code == 0
    attacked = zone.rehearse("attack", "--json", timeout=600)
    assert [row for row in attacked.document["results"] if not row["ok"]] == [], attacked.err
    assert attacked.code == 0
    removed = planted()
    assert len(removed) >= 9
    with without(organizations(zone), set(removed.values())):
        faulty = zone.rehearse("attack", "--json", timeout=600)
    assert faulty.code == 1
    failed = {row["id"] for row in faulty.document["results"] if not row["ok"]}
    assert failed == {row.id for row in ATTACKS if row.expect in removed.values()}
    assert all(row.tactic in removed for row in ATTACKS)
