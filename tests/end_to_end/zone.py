"""A copy of the project to rehearse in, with a cloud of its own that is gone afterwards."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from drills.project_copy import copy_project, environment


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    def stack(self, name: str) -> Any:
        return next(stack for stack in self.document["stacks"] if stack["name"] == name)


class Zone:
    """A copy of the project; commands run in it as a person would run them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        copy_project(root)
        (root / ".venv").symlink_to(Path(sys.prefix))

    def environment(self, **more: str) -> dict[str, str]:
        return {**environment(self.root), **more}

    def rehearse(self, *words: str, timeout: float = 280, **environment: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *words],
            cwd=self.root,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Ran(code=done.returncode, out=done.stdout, err=done.stderr)

    def configure(self, **values: Any) -> None:
        """Changes values of the project's configuration."""
        file = self.root / "Pulumi.yaml"
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for name, value in values.items():
            content["config"][f"hipaa-ml:{name}"] = {"value": value}
        file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    def setting(self, name: str) -> Any:
        content = yaml.safe_load((self.root / "Pulumi.yaml").read_text(encoding="utf-8"))
        return content["config"][f"hipaa-ml:{name}"]["value"]

    def shrink(self, accounts: Sequence[str] = ("log-archive", "ml-prod")) -> None:
        """Keeps only a few accounts, without network, models and packages, which need more, so that a test is quick."""
        kept = {
            name: {key: value for key, value in account.items() if key != "networks"}
            for name, account in self.setting("accounts").items()
            if name in accounts
        }
        self.configure(accounts=kept)
        self.forget("network", "ml", "packages")
        if "backup" not in accounts:
            self.configure(data={**self.setting("data"), "backup": {"account": accounts[0]}})

    def forget(self, *names: str) -> None:
        """Leaves optional parts of the project's configuration out."""
        file = self.root / "Pulumi.yaml"
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for name in names:
            content["config"].pop(f"hipaa-ml:{name}", None)
        file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def cloud_environment(zone: Zone, profile: str | None = None) -> Mapping[str, str]:
    """The variables that `zone cloud env` prints."""
    words = ["cloud", "env", *(["--profile", profile] if profile else [])]
    lines = zone.rehearse(*words).out.splitlines()
    return {
        name: value.strip("'\"") for name, _, value in (line.removeprefix("export ").partition("=") for line in lines)
    }
