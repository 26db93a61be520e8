"""`--target aws`: `zone` drives the real Pulumi CLI, against the emulated AWS, with state and secrets key in it."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.end_to_end.pulumi_backend import CliZone, provider
from tests.end_to_end.zone import Zone

pytestmark = [
    pytest.mark.slow,
    pytest.mark.cli,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="there is no `pulumi` on PATH"),
]
ON_AWS = ("--target", "aws")


@pytest.fixture
def cli_zone(zone: Zone, tmp_path: Path) -> Iterator[CliZone]:
    zone.shrink()
    assert zone.rehearse("cloud", "start").code == 0
    with provider(zone) as port:
        yield CliZone(zone, port, tmp_path / "home")


def violate(zone: Zone) -> None:
    """Adds an IAM user to the program, which a mandatory policy refuses."""
    main = zone.root / "__main__.py"
    main.write_text(
        main.read_text(encoding="utf-8")
        + "\nimport pulumi\nimport pulumi_aws\n"
        + 'provider = pulumi_aws.Provider("bad", region="us-east-1")\n'
        + 'pulumi_aws.iam.User("somebody", opts=pulumi.ResourceOptions(provider=provider))\n',
        encoding="utf-8",
    )


def test_reviewed_plan_is_deployed_and_nothing_else(cli_zone: CliZone, tmp_path: Path) -> None:
    zone, plans = cli_zone.zone, tmp_path / "plans"
    refused = cli_zone.run("preview", "organization", *ON_AWS)
    assert (refused.code, "not logged in to a backend" in refused.err) == (2, True), refused.err
    created = cli_zone.run("bootstrap", "--execute", "--json")
    assert created.code == 0, created.err
    cli_zone.log_in(created.document["login"])

    refused = cli_zone.run("preview", "audit", *ON_AWS)
    assert refused.code == 2
    assert "audit cannot be previewed: it reads the outputs of organization" in refused.err
    refused = cli_zone.run("up", "organization", *ON_AWS)
    assert (refused.code, "Give --yes" in refused.err) == (2, True), refused.err

    previewed = cli_zone.run("preview", "organization", "audit", *ON_AWS, "--save-plan", str(plans), "--json")
    assert previewed.code == 1, previewed.err  # audit reads the outputs of organization
    assert "Not started: audit" in previewed.err
    assert "Account: 123456789012 as arn:aws:" in previewed.err
    planned = previewed.stack("organization")
    assert planned["operations"]["create"] > 50
    assert all(change["op"] == "create" for change in planned["changes"])
    deployed = cli_zone.run("up", "organization", *ON_AWS, "--plan", str(plans), "--yes", "--json")
    assert deployed.code == 0, deployed.err
    assert deployed.stack("organization")["operations"] == planned["operations"]

    # The key of `zone bootstrap` encrypts secrets, and the rehearsal reads what the CLI wrote into the stack file.
    written = yaml.safe_load((zone.root / "stacks" / "Pulumi.organization.yaml").read_text(encoding="utf-8"))
    assert written["secretsprovider"] == created.document["secrets_provider"]
    assert written["encryptedkey"]
    assert zone.rehearse("preview", "organization", "--json").code == 0

    again = cli_zone.run("up", "organization", *ON_AWS, "--yes", "--json")
    assert again.code == 0, again.err
    operations = again.stack("organization")["operations"]
    assert operations == {**dict.fromkeys(operations, 0), "same": planned["operations"]["create"]}

    # The rehearsal continues with the state of the CLI.
    state = tmp_path / "organization.json"
    command = ["pulumi", "stack", "export", "--stack", "organization", "--show-secrets", "--file", str(state)]
    subprocess.run(command, cwd=zone.root, env=zone.environment(**cli_zone.variables), check=True, capture_output=True)
    taken = zone.rehearse("import-state", "organization", str(state))
    assert taken.code == 0, taken.err
    rehearsed = zone.rehearse("preview", "organization", "--json")
    assert rehearsed.code == 0, rehearsed.err
    assert rehearsed.stack("organization")["operations"] == operations

    # The plan says nothing of a further OU: it no longer matches.
    zone.configure(organizational_units=[*zone.setting("organizational_units"), "Extra"])
    stale = cli_zone.run("up", "organization", *ON_AWS, "--plan", str(plans), "--yes")
    assert stale.code == 1
    assert "organization no longer matches its plan" in stale.err
    assert f"Go on with: zone preview organization --target aws --save-plan {plans}" in stale.err


def test_refused_change_and_lock_are_told_with_the_way_on(cli_zone: CliZone, tmp_path: Path) -> None:
    backend, plans = tmp_path / "backend", tmp_path / "plans"
    backend.mkdir()
    cli_zone.log_in(f"file://{backend}")
    missing = cli_zone.run("preview", "organization", *ON_AWS)
    assert missing.code == 1
    assert "Set PULUMI_CONFIG_PASSPHRASE" in missing.err

    violate(cli_zone.zone)
    refused = cli_zone.run(
        *("preview", "organization", *ON_AWS, "--save-plan", str(plans), "--json"), PULUMI_CONFIG_PASSPHRASE="a"
    )
    assert refused.code == 1
    assert {violation["policy"] for violation in refused.stack("organization")["violations"]} == {"iam-no-users"}
    assert "mandatory policies are violated: iam-no-users" in refused.err
    assert not list(plans.iterdir())

    locks = backend / ".pulumi" / "locks" / "organization" / "hipaa-ml" / "organization"
    locks.mkdir(parents=True, exist_ok=True)
    holder = {"pid": 4711, "username": "ann", "hostname": "laptop", "timestamp": "2026-11-29T12:00:00Z"}
    (locks / "11111111-1111-1111-1111-111111111111.json").write_text(json.dumps(holder), encoding="utf-8")
    locked = cli_zone.run("refresh", "organization", *ON_AWS, "--yes", PULUMI_CONFIG_PASSPHRASE="a")
    assert locked.code == 1
    assert "created by ann@laptop (pid 4711)" in locked.err
    assert "`pulumi cancel --stack organization --yes`" in locked.err
    assert "Go on with: zone refresh organization --target aws" in locked.err
