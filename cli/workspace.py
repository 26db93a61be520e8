"""The project folder of a command: root, state folder, settings and stacks."""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.errors import UsageError
from rehearsal.cloud import Cloud, Endpoints
from rehearsal.engine import Passphrase, StateStore
from zone.plan import Plan, make_plan
from zone.settings import Settings, settings_from_files

STATE = ".rehearsal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Workspace:
    """A checkout of the project and the state folder of its rehearsal."""

    root: Path
    state: Path
    endpoint: str | None = None

    @classmethod
    def find(cls, endpoint: str | None = None) -> "Workspace":
        """The workspace of the current folder: the nearest folder upwards with a Pulumi.yaml.

        Another emulator has a state folder of its own: what is up there says nothing about the built-in cloud.

        Raises:
            UsageError: no Pulumi.yaml here or above.
        """
        current = Path.cwd()
        root = next((folder for folder in (current, *current.parents) if (folder / "Pulumi.yaml").exists()), None)
        if root is None:
            raise UsageError(f"no Pulumi.yaml in {current} or a folder above it: run the command inside the project")
        state = root / STATE
        if endpoint is not None:
            state = state / "endpoints" / hashlib.sha256(endpoint.encode()).hexdigest()[:12]
        return cls(root=root, state=state, endpoint=endpoint)

    def settings(self, stack: str = "organization", project_text: str | None = None) -> Settings:
        """The zone's settings as the given stack sees them.

        Args:
            stack: name of the stack.
            project_text: content of `Pulumi.yaml` instead of what the file contains; for a change to be checked.

        Raises:
            SettingsError: naming file, key and what is allowed.
        """
        return settings_from_files(self.root, stack, project_text)

    def store(self) -> StateStore:
        """The checkpoints of this workspace.

        Raises:
            PassphraseError: the passphrase that the environment names cannot be read.
        """
        return StateStore(self.state / "stacks", Passphrase.resolve(self.state))

    def deployed_outputs(self, stack: str) -> Mapping[str, Any]:
        """The outputs of a stack.

        Raises:
            UsageError: the stack is not deployed.
        """
        store = self.store()
        if stack not in store.stacks():
            raise UsageError(f"The stack {stack} is not deployed. Deploy it with `zone up {stack}`.")
        return store.outputs(stack)

    def plan(self) -> Plan:
        """The plan of the zone."""
        return make_plan(self.settings())

    def graph(self) -> Mapping[str, Sequence[str]]:
        """Stack -> the stacks it needs, in dependency order."""
        return self.plan().stacks.needs

    def selected(self, names: Sequence[str], *, everything: bool) -> list[str]:
        """The stacks a command is about, in dependency order.

        Raises:
            UsageError: no stack named, or one that is not in the zone.
        """
        stacks = list(self.graph())
        if everything and names:
            raise UsageError("Give either stack names or --all, not both.")
        if not everything and not names:
            raise UsageError(f"No stack is named. Give stack names or --all. Stacks: {_listed(stacks)}")
        unknown = [name for name in names if name not in stacks]
        if unknown:
            raise UsageError(f"There is no stack {unknown[0]!r}. Stacks: {_listed(stacks)}")
        return stacks if everything else [name for name in stacks if name in names]

    def running_cloud(self) -> Cloud:
        """The emulated AWS of this workspace.

        Raises:
            UsageError: the emulated AWS is not running.
        """
        cloud = Cloud.attach(self.state)
        if cloud is None:
            raise UsageError("The emulated AWS is not running. Start it with `zone cloud start` or `zone up --all`.")
        return cloud

    def endpoints(self) -> Endpoints:
        """The endpoints of the other emulator that `--endpoint` names, or of the emulated AWS.

        Raises:
            UsageError: the emulated AWS is not running.
        """
        return self.running_cloud().endpoints() if self.endpoint is None else Endpoints.single(self.endpoint)

    def follow_cloud(self, instance: str) -> bool:
        """Binds the state folder to one instance of the emulated AWS.

        The emulated cloud lives in memory. When it is gone, so is everything that the checkpoints speak of: they are
        kept under `previous/`, and the zone starts afresh.
        """
        marker = self.state / "instance"
        if marker.exists() and marker.read_text(encoding="utf-8") == instance:
            return False
        aside = False
        previous = self.state / "previous"
        for name in ("stacks", "recorded.sqlite", "recorded.sqlite-wal", "recorded.sqlite-shm"):
            old = self.state / name
            if old.exists() and marker.exists():
                previous.mkdir(parents=True, exist_ok=True)
                target = previous / name
                if target.is_dir():
                    shutil.rmtree(target)
                old.replace(target)
                aside = True
        self.state.mkdir(parents=True, exist_ok=True)
        marker.write_text(instance, encoding="utf-8")
        return aside


def _listed(names: Sequence[str], most: int = 20) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
