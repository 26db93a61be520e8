"""No refactoring changes deployed resources: the reference zone of commit 3f9e872, previewed by today's program.

`data/state-3f9e872.tar.xz` holds the checkpoints of all 26 stacks, as the program of that commit left them, encrypted
with the passphrase below. A change of deployed resources on purpose is listed in `INTENDED_CHANGES` with its reason.
"""

import hashlib
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.emulator import moto_server
from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.whole_zone, pytest.mark.xdist_group("no_change"), pytest.mark.timeout(2400)]

BASELINE = Path(__file__).parent / "data" / "state-3f9e872.tar.xz"
PASSPHRASE = "no-change"
INTENDED_CHANGES: Mapping[str, str] = {
    **{
        f"buckets-{region}-{purpose}-policy": "roles of Studio use the prefix of their team only"
        for region in ("us-east-1", "us-west-2")
        for purpose in ("artifacts", "deidentified", "dvc", "features", "results")
    },
    **dict.fromkeys(
        ("pseudonyms-function", "mlflow-users-function"), "the rotation accepts a secret that has no version yet"
    ),
    **{
        f"backup-{region}-key-key": "RDS encrypts copies of databases with the key of a vault"
        for region in ("us-east-1", "us-west-2")
    },
    **{
        f"{model}-pipeline-{part}": "Macie classifies the selected data version"
        for model in ("length-of-stay", "readmission")
        for part in ("machine", "machine-rights")
    },
    **{
        f"guardrails-hipaa-ml-{name}": "guardrails of sharing, detection, backups, shells, databases and load balancers"
        for name in (
            "foundation-2",
            "foundation-3",
            "foundation-3-Infrastructure",
            "foundation-3-Policy-Staging",
            "foundation-3-Sandbox",
            "foundation-3-Security",
            "foundation-3-Workloads",
            "policy-staging-2",
            "policy-staging-3",
            "policy-staging-4",
            "workloads-1",
            "workloads-ml-prod-1",
            "workloads-ml-staging-and-workloads-ml-prod-2",
            "workloads-ml-staging-and-workloads-ml-prod-3",
            "workloads-ml-staging-and-workloads-ml-prod-3-Workloads-ML-Prod",
            "workloads-ml-staging-and-workloads-ml-prod-3-Workloads-ML-Staging",
            "workloads-ml-staging-and-workloads-ml-prod-and-security-1",
        )
    },
    **dict.fromkeys(
        (
            "approval",
            "approval-rights",
            "approval-role",
            "documents-us-east-1-zone",
            "documents-us-west-2-zone",
            "readiness-function",
            "runbooks-rights-1",
            "runbooks-rights-2",
            "runbooks-rights-3",
            "runbooks-rights-3-attached",
        ),
        "operations of the runbooks need the approval of a second person",
    ),
    "pipeline-deploy-policy": "Studio domains need a service-linked role",
    **dict.fromkeys(
        (
            "studio",
            "studio-alias",
            "studio-cardiology-cardiology-engineer",
            "studio-cardiology-rights",
            "studio-cardiology-role",
            "studio-default-role",
            "studio-domain",
            "studio-key",
            "studio-oncology-oncology-engineer",
            "studio-oncology-rights",
            "studio-oncology-role",
        ),
        "staging has a Studio domain",
    ),
    "pipeline-boundary": (
        "state machines start classification jobs of Macie; Studio reads packages; promotions read revocations; "
        "runbooks read quotas"
    ),
    "spoke-s3": "services presign the reads of image layers and packages",
    **dict.fromkeys(
        ("endpoints-codeartifact.api", "endpoints-codeartifact.repositories"), "packages come from CodeArtifact"
    ),
    **{
        f"endpoints-names-{name}": "packages come from CodeArtifact"
        for region in ("us-east-1", "us-west-2")
        for host in (f"codeartifact.{region}.amazonaws.com", f"d.codeartifact.{region}.amazonaws.com")
        for name in (host, f"{host}-top", f"profile-{host}", *([f"{host}-any"] if host.startswith("d.") else []))
    },
    **dict.fromkeys(
        (
            "hipaa-ml-packages",
            "packages",
            "packages-alias",
            "packages-approved",
            "packages-approved-policy",
            "packages-domain",
            "packages-domain-policy",
            "packages-key",
            "packages-public-pypi",
            "packages-public-pypi-policy",
            "packages-publisher-rights",
            "packages-publisher-role",
            "shared-services-us-east-1",
        ),
        "the stack `packages`",
    ),
    "serving-key": "runbooks and monitors publish to the encrypted operations topic",
    **{
        f"keys-{region}-{domain}-key": "Macie decrypts objects"
        for region in ("us-east-1", "us-west-2")
        for domain in ("artifacts", "features", "phi")
    },
}
"""Resource name -> why today's program changes this resource of the baseline."""
REPLACED: frozenset[str] = frozenset()
"""Resource names of `INTENDED_CHANGES` that are replaced or deleted."""
RESOURCES = 3699
"""Number of resources of the baseline, without the stacks themselves."""


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
    stale = set(INTENDED_CHANGES) - {urn.rpartition("::")[2] for urn in changes}
    assert not stale, "listed as changed, and unchanged"
    replaced = {urn.rpartition("::")[2] for urn, operation in changes.items() if operation not in ("create", "update")}
    assert replaced <= REPLACED, "a resource of the baseline is replaced or deleted"
    assert unchanged + len(changes) >= RESOURCES


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
