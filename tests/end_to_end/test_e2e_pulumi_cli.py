"""The real Pulumi CLI on the rehearsal's provider does what the embedded engine does: resources, diffs, violations."""

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.zone import Zone, cloud_environment

pytestmark = [
    pytest.mark.slow,
    pytest.mark.cli,
    pytest.mark.timeout(900),
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="there is no `pulumi` on PATH"),
]
ACCOUNTS = ("log-archive", "ml-prod")
STACKS = ("organization", "audit", "baseline-ml-prod")


class Cli:
    """The Pulumi CLI with a file backend, attached to `zone provider`."""

    def __init__(self, zone: Zone, port: str, backend: Path) -> None:
        self.zone = zone
        self.passphrase = "rehearsal"
        self._environment = zone.environment(
            **cloud_environment(zone),
            PULUMI_DEBUG_PROVIDERS=f"aws:{port}",
            PULUMI_BACKEND_URL=f"file://{backend}",
            PULUMI_SKIP_UPDATE_CHECK="true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION="true",
        )

    def __call__(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive"],
            cwd=self.zone.root,
            env={**self._environment, "PULUMI_CONFIG_PASSPHRASE": self.passphrase},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if check:
            assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done

    def summary(self, *words: str) -> Counter[str]:
        """Counts of operations from the CLI's own JSON event summary."""
        done = self(*words, "--json", "--suppress-progress")
        return changes(done.stdout)


def changes(text: str) -> Counter[str]:
    """`changeSummary` of a preview, or of the summary event of an update."""
    decoder, position, summary_counts = json.JSONDecoder(), 0, Counter[str]()
    while position < len(text):
        if text[position] != "{":
            position += 1
            continue
        document, position = decoder.raw_decode(text, position)
        summary: Any = document.get("changeSummary") or document.get("summaryEvent", {}).get("resourceChanges")
        if summary:
            summary_counts = Counter(summary)
    return summary_counts


@pytest.fixture
def cli(zone: Zone, tmp_path: Path) -> Iterator[Cli]:
    zone.shrink(ACCOUNTS)
    backend = tmp_path / "backend"
    backend.mkdir()
    assert zone.rehearse("cloud", "start").code == 0
    command = ["python", "-m", "cli.main", "provider"]
    with subprocess.Popen(
        [str(zone.root / ".venv" / "bin" / "python"), *command[1:]],
        cwd=zone.root,
        env=zone.environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as provider:
        assert provider.stdout is not None
        yield Cli(zone, provider.stdout.readline().strip(), backend)
        provider.terminate()


def resources(export: Any) -> list[tuple[str, str]]:
    return sorted(
        (resource["type"], resource["urn"].rpartition("::")[2]) for resource in export["deployment"]["resources"]
    )


def test_pulumi_cli_and_embedded_engine_agree(cli: Cli, tmp_path: Path) -> None:
    exported: dict[str, Any] = {}
    for stack in STACKS:
        cli("stack", "init", stack)
        preview = cli.summary("preview", "--stack", stack, "--policy-pack", "policies")
        assert preview["create"] > 0
        cli("up", "--stack", stack, "--yes", "--policy-pack", "policies")
        again = cli.summary("preview", "--stack", stack, "--policy-pack", "policies")
        assert set(again) == {"same"}, again
        refreshed = cli("refresh", "--stack", stack, "--yes")
        assert "changed" not in refreshed.stdout.replace("unchanged", ""), refreshed.stdout
        exported[stack] = json.loads(cli("stack", "export", "--stack", stack).stdout)
    cli.zone.rehearse("cloud", "stop")

    other_zone = Zone(tmp_path / "embedded")
    try:
        other_zone.shrink(ACCOUNTS)
        ran = other_zone.rehearse("up", *STACKS, "--json")
        assert ran.code == 0, ran.err
        for stack in STACKS:
            embedded = json.loads(other_zone.rehearse("export", stack).out)
            assert resources(embedded) == resources(exported[stack])
    finally:
        other_zone.rehearse("cloud", "stop")


def test_the_real_cli_sees_the_same_violation(cli: Cli) -> None:
    main = cli.zone.root / "__main__.py"
    main.write_text(
        main.read_text(encoding="utf-8")
        + "\nimport pulumi_aws\n"
        + 'provider = pulumi_aws.Provider("bad", region="us-east-1")\n'
        + 'pulumi_aws.iam.User("somebody", opts=pulumi.ResourceOptions(provider=provider))\n',
        encoding="utf-8",
    )
    cli("stack", "init", "organization")
    refused = cli("preview", "--stack", "organization", "--policy-pack", "policies", check=False)
    assert refused.returncode != 0
    assert "iam-no-users" in refused.stdout
    ran = cli.zone.rehearse("preview", "organization", "--json")
    assert ran.code == 1
    assert "iam-no-users" in {violation["policy"] for violation in ran.stack("organization")["violations"]}


def test_pulumi_cli_imports_engine_state_without_changes(cli: Cli, tmp_path: Path) -> None:
    stacks = (*STACKS, "baseline-management", "baseline-log-archive", "data-prod")
    ran = cli.zone.rehearse("up", *stacks, "--json")
    assert ran.code == 0, ran.err
    cli.passphrase = (cli.zone.root / ".rehearsal" / "passphrase").read_text(encoding="utf-8").strip()
    for stack in stacks:
        file = tmp_path / f"{stack}.json"
        file.write_text(cli.zone.rehearse("export", stack).out, encoding="utf-8")
        cli("stack", "init", stack)
        cli("stack", "import", "--stack", stack, "--file", str(file))
        assert set(cli.summary("preview", "--stack", stack)) == {"same"}, stack
