"""When, where, from what and by whom a report is written."""

import getpass
import subprocess
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.deployed_stacks import DeployedStacks
from inspection.evidence.report import Provenance
from inspection.exported import allowed_accounts
from zone.settings import Settings

PROVIDERS = "pulumi:providers:aws"


def provenance(settings: Settings, deployed: DeployedStacks, root: Path, now: datetime, by: str | None) -> Provenance:
    """The provenance of evidence of deployed stacks.

    Args:
        settings: the zone's settings, for names of accounts.
        deployed: the states.
        root: folder of the checkout.
        now: the present time, UTC.
        by: who writes; by default the AWS principal, the author of git, or the operating system's user.
    """
    providers = list(_providers(deployed))
    names = account_names(settings, deployed)
    ids = dict.fromkeys(number for provider in providers for number in allowed_accounts(provider))
    return Provenance(
        zone=settings.name_prefix,
        written=now,
        by=by or deployed.caller or author(root),
        commit=commit(root),
        accounts=dict(sorted((names.get(number, number), number) for number in ids)),
        regions=sorted({str(provider["region"]) for provider in providers if provider.get("region")}),
        origin=deployed.origin,
    )


def account_names(settings: Settings, deployed: DeployedStacks) -> Mapping[str, str]:
    """Id -> name of an account: as configured, and as the stack organization created them."""
    created: Any = deployed.outputs("organization").get("account_ids") or {}
    ids = {name: settings.account_id(name) for name in ("management", *settings.accounts)}
    merged = {**ids, **(created if isinstance(created, dict) else {})}
    return {str(number): str(name) for name, number in merged.items() if number}


def author(root: Path) -> str:
    """The author that git records in this checkout, or the operating system's user."""
    return _git(root, "config", "user.email") or f"{getpass.getuser()} (operating system user)"


def commit(root: Path) -> str:
    """The commit that is checked out, with `+changes` if files differ from it; or that it is not known."""
    head = _git(root, "rev-parse", "HEAD")
    if not head:
        return "unknown: not a git checkout"
    return f"{head}+changes" if _git(root, "status", "--porcelain", "--untracked-files=no") else head


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the words are those of this module
            ["git", *words],  # noqa: S607 - git of the PATH
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _providers(deployed: DeployedStacks) -> Iterator[Mapping[str, Any]]:
    for entries in deployed.stacks.values():
        for entry in entries:
            if entry["type"] == PROVIDERS:
                yield entry.get("inputs") or {}
