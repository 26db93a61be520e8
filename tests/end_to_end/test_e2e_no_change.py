"""No refactoring changes deployed resources: the reference zone of commit 425cf67, previewed by today's program.

`data/state-425cf67.tar.xz` holds the checkpoints of all 25 stacks, as the program of that commit left them, encrypted
with the passphrase below. A change of deployed resources on purpose is listed in `INTENDED_CHANGES` with its reason.
"""

import hashlib
import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from controls.endpoint_services import ENDPOINT_SERVICES
from tests.end_to_end.emulator import moto_server
from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.whole_zone, pytest.mark.xdist_group("no_change"), pytest.mark.timeout(2400)]

BASELINE = Path(__file__).parent / "data" / "state-425cf67.tar.xz"
PASSPHRASE = "no-change"
IDENTITIES = Path(__file__).parents[1] / "stacks" / "identities.txt"
REPLICATION_RIGHTS = frozenset(
    f"replication-{direction}-{purpose}-rights"
    for direction in ("us-east-1-to-us-west-2", "us-west-2-to-us-east-1")
    for purpose in ("artifacts", "deidentified", "dvc", "features", "raw-phi", "results")
)
TEAM_RIGHTS = frozenset({"teams-cardiology-rights", "teams-oncology-rights"})
ACCOUNTS = (
    "backup",
    "log-archive",
    "management",
    "ml-dev",
    "ml-prod",
    "ml-staging",
    "network",
    "policy-staging",
    "sandbox",
    "shared-services",
)
"""Member accounts of the security services, except their administrator."""
INTENDED_CHANGES: Mapping[str, str] = {
    "endpoints-group": "EC2 refuses the apostrophe in the former description; a new description replaces the group",
    "runbooks-rights": "managed policies replace the inline policy of the runbook role, which passed its limit",
    **{
        f"runbooks-rights-{number}{suffix}": "a managed policy of the runbook role, and its attachment"
        for number in (1, 2, 3, 4)
        for suffix in ("", "-attached")
    },
    "runbooks-role": "its trust policy names accounts and compares principals: a named user has to exist",
    **dict.fromkeys(
        REPLICATION_RIGHTS, "the role's inline policies exceeded 10,240 characters: one policy replaces them"
    ),
    "replication-rights": "the component of the one policy of the replication role",
    "replication-rights-policy": "the one policy of the replication role",
    **dict.fromkeys(TEAM_RIGHTS, "managed policies replace the inline policy, which data sets let grow past its limit"),
    **{
        f"{name}-{number}{suffix}": "a managed policy of a team's role, and its attachment"
        for name in TEAM_RIGHTS
        for number in (1, 2, 3)
        for suffix in ("", "-attached")
    },
    "buckets-us-east-1-deidentified-policy": "shared prefixes have short statements, within 20 KB with more teams",
    "buckets-us-west-2-deidentified-policy": "shared prefixes have short statements, within 20 KB with more teams",
    "pipeline-deploy-policy": "the deploy role has the rights that stacks need which it deploys",
    "pipeline-preview-role": "plans of the deployed branch are made with the preview role",
    "pipeline-preview-policy": "in the management account the preview role reads the state of Pulumi",
    "pipeline-boundary": "AWS Config's aggregator lists the accounts, and runbooks verify their own rights",
    **{
        f"keys-{region}-{domain}-key": "the role of the runbooks promotes the key"
        for region in ("us-east-1", "us-west-2")
        for domain in ("artifacts", "features", "phi", "secrets")
    },
    "config-aggregator-role": "the role has the boundary, without which the deploy role cannot create it",
    **{
        f"{account}-{region}": "the provider assumes the deploy role instead of the access role"
        for account in ("security-tooling", "network", "ml-dev", "ml-staging", "ml-prod")
        for region in ("us-east-1", "us-west-2")
    },
    **{
        f"buckets-{region}-{purpose}-lifecycle": "overwritten heartbeats expire after a day"
        for region in ("us-east-1", "us-west-2")
        for purpose in ("deidentified", "features", "raw-phi")
    },
    "heartbeat-artifacts": "a locked bucket would keep every heartbeat for years",
    "heartbeat-rights": "no heartbeat in the locked bucket",
    **dict.fromkeys(
        ("documents-us-east-1-zone", "documents-us-west-2-zone"), "the document names the buckets with a heartbeat"
    ),
    "readmission-switch-check": "without data the health check keeps its last status",
    "readmission-1-config": "a release starts with the maximum of autoscaling: it would remove added instances",
    "readmission-endpoint": "it serves with the new configuration",
    "readiness-function": "no reserved concurrency, and the source of `runbooks/`, which every commit may change",
    "pseudonyms-function": "no reserved concurrency: a new account has no executions to reserve",
    "organization-cross-account-backup": "AWS Backup copies across accounts only after this is enabled",
    "administrators-access-analyzer-role": "the delegation of Access Analyzer requires it",
    **{
        f"{service}-{region}-{kind}": "existing accounts are enrolled; automatic enabling covers new accounts only"
        for service in ("macie", "inspector")
        for region in ("us-east-1", "us-west-2")
        for kind in ("members", *(f"member-{account}" for account in ACCOUNTS))
    },
    **{
        f"endpoints-from-{cidr}": "a rule of the replaced group `endpoints-group`"
        for cidr in ("10.0.0.0-9", "10.128.0.0-9")
    },
    **{
        f"endpoints-{service}": "the endpoint has the replaced group `endpoints-group`" for service in ENDPOINT_SERVICES
    },
    **{
        f"keys-{region}-{purpose}-key": "the runbook role promotes the key in the region that takes over"
        for region in ("us-east-1", "us-west-2")
        for purpose in ("artifacts", "features", "phi", "secrets")
    },
    **{
        f"guardrails-hipaa-ml-workloads-ml-staging-and-workloads-ml-prod-{number}": "M4 and M11 name renamed keys too"
        for number in (1, 2)
    },
    **{
        f"guardrails-hipaa-ml-{name}": "guardrails name every action that carries a guarded key, and more of a kind"
        for name in (
            "foundation-1",
            "foundation-2",
            "infrastructure-and-workloads-and-sandbox-1",
            "rcp-foundation-1",
            "workloads-1",
            "workloads-and-sandbox-1",
            "workloads-ml-prod-1",
            "workloads-ml-staging-and-workloads-ml-prod-and-security-1",
        )
    },
    **{
        f"guardrails-hipaa-ml-policy-staging-{number}{suffix}": "the canary OU has every guardrail of the other OUs"
        for number in (1, 2, 3, 4)
        for suffix in ("", "-Policy-Staging")
    },
    "guardrails-hipaa-ml-ec2-no-internet-Policy-Staging": "the canary OU has every guardrail of the other OUs",
    **{
        f"guardrails-hipaa-ml-rcp-foundation-1-{target}": "RCPs are attached to the root, for every account"
        for target in ("root", "Infrastructure", "Policy-Staging", "Sandbox", "Security", "Workloads")
    },
    **{
        f"buckets-{region}-{purpose}-policy": "service-linked roles, which read for Config and GuardDuty, are excepted"
        for region in ("us-east-1", "us-west-2")
        for purpose in ("artifacts", "deidentified", "dvc", "features", "logs", "raw-phi", "results")
    },
    **{
        f"documents-us-east-1-endpoint-readmission-{environment}": "the document names the switch's health check"
        for environment in ("staging", "prod")
    },
    **{
        f"readmission-images-{region}{kind}": "the repository moved to `data-<env>`, see `MOVED`"
        for region in ("us-east-1", "us-west-2")
        for kind in ("", "-repository", "-lifecycle")
    },
    **dict.fromkeys(("images", "images-configuration"), "the replication of images moved to `data-<env>`"),
    **{
        f"defaults-{region}-metadata": "the provider sets its defaults; the baseline has none in its state"
        for region in ("us-east-1", "us-west-2")
    },
    **{
        line.split()[-1]: "the stack of MLflow is new: all its resources are created"
        for line in IDENTITIES.read_text(encoding="utf-8").splitlines()
        if line.startswith("mlflow-staging ")
    },
    "buckets-us-east-1-access-logs-policy": "the load balancer of MLflow writes its access logs to the bucket",
    "serving-key": "images are encrypted with the key of artifacts",
    "readmission-role-rights": "the repository's ARN is known before the repository is created",
    "transit-gateway-gateway": "AWS refuses a peering of gateways with encryption support",
}
"""Resource name -> why today's program changes this resource of the baseline."""


MOVED = frozenset(
    {
        *("readmission-images", "readmission-images-repository", "readmission-images-lifecycle"),
        *("images", "images-configuration"),
    }
)
"""Resource names that moved from `ml-<env>` and `recovery-<env>` to `data-<env>`. The baseline is left without them, as
after the `pulumi state delete` that the changelog asks for."""


REPLACED = (
    frozenset(
        {
            "endpoints-from-10.0.0.0-9",
            "endpoints-from-10.128.0.0-9",
            "endpoints-group",
            "heartbeat-artifacts",
            "readmission-1-config",
            "runbooks-rights",
        }
    )
    | REPLICATION_RIGHTS
    | TEAM_RIGHTS
)
"""Resource names of `INTENDED_CHANGES` that are replaced or deleted."""


@pytest.fixture
def emulator() -> Iterator[str]:
    """moto without this project's patches: a preview asks it for nothing but credentials."""
    with moto_server() as url:
        yield url


def restore_baseline(zone: Zone, endpoint: str) -> None:
    """Unpacks the checkpoints into the state folder that belongs to an endpoint."""
    folder = zone.root / ".rehearsal" / "endpoints" / hashlib.sha256(endpoint.encode()).hexdigest()[:12] / "stacks"
    folder.mkdir(parents=True)
    with tarfile.open(BASELINE) as archive:
        archive.extractall(folder, filter="data")
    for file in (*folder.glob("ml-*.json"), *folder.glob("recovery-*.json")):
        document = json.loads(file.read_text(encoding="utf-8"))
        resources = document["deployment"]["resources"]
        kept = [resource for resource in resources if resource["urn"].rpartition("::")[2] not in MOVED]
        document["deployment"]["resources"] = kept
        file.write_text(json.dumps(document), encoding="utf-8")


def changed_resources(document: Any) -> dict[str, str]:
    """URN -> operation, of every resource that is not unchanged."""
    return {resource["urn"]: resource["op"] for stack in document["stacks"] for resource in stack["changes"]}


def test_todays_program_changes_no_resource_of_the_baseline(zone: Zone, emulator: str) -> None:
    restore_baseline(zone, emulator)
    preview = zone.rehearse(
        "preview", "--all", "--json", "--endpoint", emulator, timeout=2000, PULUMI_CONFIG_PASSPHRASE=PASSPHRASE
    )
    assert preview.code == 0, preview.err
    unchanged = sum(stack["operations"]["same"] for stack in preview.document["stacks"])
    changes = changed_resources(preview.document)
    unintended = {urn: op for urn, op in changes.items() if urn.rpartition("::")[2] not in INTENDED_CHANGES}
    assert not unintended, "\n".join(sorted(f"{op} {urn}" for urn, op in unintended.items()))
    replaced = {urn.rpartition("::")[2] for urn, operation in changes.items() if operation not in ("create", "update")}
    assert replaced <= REPLACED, "a resource of the baseline is replaced or deleted"
    assert unchanged + len(changes) >= 3440


def test_a_changed_resource_of_the_baseline_is_reported(zone: Zone, emulator: str) -> None:
    restore_baseline(zone, emulator)
    accounts = zone.setting("accounts")
    zone.configure(accounts={**accounts, "sandbox": {**accounts["sandbox"], "monthly_usd": 12345}})
    preview = zone.rehearse(
        "preview",
        "baseline-sandbox",
        "--json",
        "--endpoint",
        emulator,
        timeout=600,
        PULUMI_CONFIG_PASSPHRASE=PASSPHRASE,
    )
    assert preview.code == 0, preview.err
    assert any("budget" in urn.lower() for urn in changed_resources(preview.document))
