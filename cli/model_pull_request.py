"""Turns a changed release into a pull request, with git and GitHub's `gh`."""

import shutil
import subprocess
from pathlib import Path

from cli.errors import UsageError


def require_tools(root: Path) -> None:
    """Checks that a pull request can be opened, before anything is changed.

    Raises:
        UsageError: git or gh is missing, or Pulumi.yaml has other changes.
    """
    missing = [tool for tool in ("git", "gh") if shutil.which(tool) is None]
    if missing:
        raise UsageError(
            f"--open-pull-request needs {missing[0]} on PATH. Without the option, the command prints the diff."
        )
    if _run(root, "git", "status", "--porcelain", "--", "Pulumi.yaml"):
        raise UsageError("Pulumi.yaml has changes that are not committed. Commit or revert them first.")


def open_pull_request(root: Path, branch: str, title: str, body: str) -> str:
    """Commits Pulumi.yaml on a new branch, pushes it and opens a pull request.

    Returns:
        URL of the pull request.

    Raises:
        UsageError: a command failed; its message is included.
    """
    _run(root, "git", "switch", "--create", branch)
    _run(root, "git", "commit", "--quiet", "--message", title, "--", "Pulumi.yaml")
    _run(root, "git", "push", "--quiet", "--set-upstream", "origin", branch)
    return _run(root, "gh", "pr", "create", "--head", branch, "--title", title, "--body", body)


def _run(root: Path, *words: str) -> str:
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise UsageError(f"`{' '.join(words[:3])}` failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout.strip()
