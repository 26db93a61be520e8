"""The Pulumi CLI through Pulumi's Automation API: its version, its backend and the stacks in it."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pulumi.automation import CommandError, InvalidVersionError, LocalWorkspace, PulumiCommand
from semver import VersionInfo

from operations.errors import OperationError
from operations.failures import explained

MINIMUM_VERSION: Final = "3.206.0"
"""The first release that streams events over gRPC, which the live display reads."""
INSTALL: Final = (
    "Install it from https://www.pulumi.com/docs/install/ (`brew install pulumi`, or the archive of the release), and "
    "put `pulumi` on PATH."
)


def find_cli() -> PulumiCommand:
    """The `pulumi` on PATH.

    Raises:
        OperationError: there is none, it cannot be run, or it is older than `MINIMUM_VERSION`.
    """
    try:
        return PulumiCommand(version=VersionInfo.parse(MINIMUM_VERSION))
    except FileNotFoundError as error:
        raise OperationError(
            "The Pulumi CLI is missing: there is no `pulumi` on PATH. Needed is version "
            f"{MINIMUM_VERSION} or newer. {INSTALL}"
        ) from error
    except (subprocess.CalledProcessError, PermissionError, OSError) as error:
        raise OperationError(f"`pulumi version` failed: {error}. {INSTALL}") from error
    except InvalidVersionError as error:
        raise OperationError(
            f"The Pulumi CLI on PATH cannot be used: version {MINIMUM_VERSION} or newer is needed ({error}). {INSTALL}"
        ) from error


def open_workspace(root: Path, command: PulumiCommand, secrets_provider: str | None) -> LocalWorkspace:
    """The project of a folder, as the CLI sees it.

    Args:
        root: the folder of Pulumi.yaml.
        command: the CLI.
        secrets_provider: of stacks that are created; the backend's own if none.
    """
    return LocalWorkspace(
        work_dir=str(root),
        pulumi_command=command,
        secrets_provider=secrets_provider,
        env_vars={"PULUMI_SKIP_UPDATE_CHECK": "true"},
    )


def backend_url(workspace: LocalWorkspace) -> str:
    """The address of the backend that the CLI is logged in to.

    Raises:
        OperationError: it is logged in to none, or the backend cannot be reached.
    """
    try:
        return workspace.who_am_i().url or ""
    except CommandError as error:
        raise OperationError(
            explained(str(error), "the stack") or f"`pulumi whoami` failed: {error_lines(error)}"
        ) from error


def deployed_stacks(workspace: LocalWorkspace) -> frozenset[str]:
    """Names of the project's stacks that have resources.

    Raises:
        OperationError: the backend cannot be read.
    """
    try:
        return frozenset(
            stack.name.rpartition("/")[2] for stack in workspace.list_stacks() if (stack.resource_count or 0) > 0
        )
    except CommandError as error:
        raise OperationError(
            explained(str(error), "the stack") or f"`pulumi stack ls` failed: {error_lines(error)}"
        ) from error


def error_lines(error: CommandError) -> str:
    """The lines of the CLI's output that say what went wrong."""
    text = str(error)
    lines = [line.strip() for line in text.splitlines() if "error:" in line]
    return "; ".join(dict.fromkeys(line.partition("error:")[2].strip() for line in lines)) or text.strip()


def exported_resources(workspace: LocalWorkspace, stack: str) -> Sequence[Mapping[str, Any]]:
    """The resources in a stack's state, with encrypted secrets; the Automation API's own export decrypts them.

    Raises:
        OperationError: the state cannot be read.
    """
    try:
        done = workspace.pulumi_command.run(
            ["stack", "export", "--stack", stack], workspace.work_dir, workspace.env_vars
        )
        return json.loads(done.stdout)["deployment"].get("resources") or []
    except CommandError as error:
        raise OperationError(explained(str(error), stack) or f"{stack}: {error_lines(error)}") from error
    except (ValueError, KeyError, AttributeError) as error:
        raise OperationError(f"`pulumi stack export` of {stack} printed no state: {error!r}") from error
