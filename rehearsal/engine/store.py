"""The stacks of a project on disk: checkpoints, journals and locks in one folder."""

import dataclasses
import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from rehearsal.engine import checkpoint, journal, lock
from rehearsal.engine.crypter import Crypter, Passphrase
from rehearsal.engine.errors import CheckpointError, ProjectError
from rehearsal.engine.exported import encrypted_anew, read_export
from rehearsal.engine.journal import Entry, Folded, Journal
from rehearsal.engine.resource import Resource, decrypt_values
from rehearsal.engine.urns import ROOT_TYPE
from rehearsal.engine.values import Values, reveal, shown

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")


class OpenedStack:
    """A stack opened for a run: its resources, its pending operations, and the journal of the run."""

    def __init__(self, *, path: Path, base: str, crypter: Crypter, folded: Folded) -> None:
        self.crypter = crypter
        self.folded = folded
        self.resources = {key: Resource.from_json(entry, crypter) for key, entry in folded.entries.items()}
        self.pending = {(urn, op): Resource.from_json(entry, crypter) for (urn, op), entry in folded.pending.items()}
        self._path = path
        self._base = base
        self.journal: Journal | None = None
        self._left_over = path.with_suffix(".journal").exists()

    def start(self, operation: str) -> Journal:
        """Open the journal of a run that changes the stack."""
        self.journal = Journal(
            self._path.with_suffix(".journal"), base=self._base, salt=self.crypter.state, operation=operation
        )
        return self.journal

    def finish(self) -> None:
        """Fold the journal into the checkpoint and remove it."""
        assert self.journal is not None
        if not self.journal.changed and self._path.exists() and not self._left_over:
            # Nothing happened: the checkpoint and the one before it stay as they are.
            self.journal.close()
            self._path.with_suffix(".journal").unlink()
            self.journal = None
            return
        pending = [(op, entry) for (_, op), entry in self.folded.pending.items()]
        content = checkpoint.render(self.folded.entries.values(), pending, salt=self.crypter.state)
        self._base = journal.digest(content)
        self.journal.commit(self._base)
        self.journal.close()
        checkpoint.write(self._path, content)
        self._path.with_suffix(".journal").unlink()
        self.journal = None
        self._left_over = False


class StateStore:
    """The checkpoints in `directory` (one `<stack>.json` each), opened with one passphrase."""

    def __init__(self, directory: Path, passphrase: Passphrase) -> None:
        self.directory = directory
        self.passphrase = passphrase
        self._crypters: dict[str, Crypter] = {}

    def stacks(self) -> list[str]:
        """The names of the stacks that have a checkpoint or a journal, sorted."""
        result = {path.stem for pattern in ("*.json", "*.journal") for path in self.directory.glob(pattern)}
        return sorted(result)

    def exists(self, stack: str) -> bool:
        """Return whether the stack has been deployed, at least in part."""
        return self._path(stack).exists() or self._path(stack).with_suffix(".journal").exists()

    @contextmanager
    def locked(self, stack: str, *, wait: float = 0.0) -> Generator[None, None, None]:
        """Hold the stack for one run; raises StackLockedError when another has it for longer than `wait` seconds."""
        with lock.held(self._path(stack).with_suffix(".lock"), stack, wait=wait):
            yield

    def open(self, stack: str, salt: str = "") -> OpenedStack:
        """Open the state of the last run, including the journal of a killed run.

        `salt` is the encryption salt of the stack's configuration, used when the stack has no checkpoint yet.
        Raises CheckpointError or PassphraseError; changes nothing on disk.
        """
        path = self._path(stack)
        saved, folded = self._folded(path)
        crypter = self._crypter(saved.salt or salt, where=str(path))
        return OpenedStack(path=path, base=saved.sha256, crypter=crypter, folded=folded)

    def recover(self, stack: str, opened: OpenedStack) -> None:
        """Fold the journal of a killed run into the checkpoint, so that this run's journal starts from a file."""
        path = self._path(stack)
        if path.with_suffix(".journal").exists():
            opened.start("recover")
            opened.finish()

    def export(self, stack: str) -> dict[str, Any]:
        """Return the stack in Pulumi's deployment format 3 with encrypted secrets."""
        path = self._path(stack)
        saved, folded = self._folded(path)
        if not self.exists(stack):
            raise CheckpointError(
                f"Stack {stack} has not been deployed: {path} does not exist. Run `zone up {stack}` first."
            )
        pending = [(op, entry) for (_, op), entry in folded.pending.items()]
        return json.loads(checkpoint.render(folded.entries.values(), pending, salt=saved.salt or self.fresh().state))

    def replace(self, stack: str, text: str, *, project: str, where: str, force: bool = False) -> int:
        """Replace the state of a stack by an exported one; the state before is kept beside it as `.bak`.

        Args:
            stack: name of the stack.
            text: what `pulumi stack export` or `export` printed.
            project: name of the project.
            where: file of the text, for messages.
            force: replace a state that has resources.

        Returns:
            The number of resources.

        Raises:
            CheckpointError: the text is no state of this stack, or the stack has a state and `force` is not set.
            PassphraseError: a secret cannot be opened.
            StackLockedError: another run holds the stack.
        """
        exported = read_export(text, stack=stack, project=project, where=where)
        path = self._path(stack)
        with self.locked(stack):
            if self.exists(stack) and self.resources(stack) and not force:
                raise CheckpointError(
                    f"Stack {stack} has a state already: {path}. Give --force to replace it; the state before is kept "
                    f"as {path.with_suffix('.json.bak').name}. No changes were made."
                )
            crypter = self.fresh()
            exported = encrypted_anew(exported, passphrase=self.passphrase, crypter=crypter, where=where)
            checkpoint.write(path, checkpoint.render(exported.resources, exported.pending, salt=crypter.state))
            path.with_suffix(".journal").unlink(missing_ok=True)
        return len(exported.resources)

    def outputs(self, stack: str, *, show_secrets: bool = False) -> dict[str, Any]:
        """Return the stack's outputs by name; secrets as "[secret]" unless `show_secrets`."""
        raw = self.raw_outputs(stack)
        if raw is None:
            raise CheckpointError(
                f"Stack {stack} has not been deployed: {self._path(stack)} does not exist. Run `zone up {stack}` first."
            )
        return shown(reveal(raw) if show_secrets else raw)

    def raw_outputs(self, stack: str) -> Values | None:
        """Return the stack's outputs with their secret marks; None if the stack has not been deployed."""
        path = self._path(stack)
        saved, folded = self._folded(path)
        for entry in folded.entries.values():
            if entry["type"] == ROOT_TYPE and not entry.get("delete"):
                crypter = self._crypter(saved.salt, where=str(path)) if saved.salt else None
                return decrypt_values(entry.get("outputs") or {}, crypter)
        return None

    def resources(self, stack: str) -> list[Entry]:
        """Return the stack's resources with encrypted secrets."""
        _, folded = self._folded(self._path(stack))
        return list(folded.entries.values())

    def fresh(self) -> Crypter:
        """Return the crypter for stacks without a salt: one for all of them, because deriving a key is slow."""
        if "" not in self._crypters:
            item = next((crypter for salt, crypter in self._crypters.items() if salt), None)
            self._crypters[""] = item or self._neighbour() or Crypter.new(self.passphrase)
        return self._crypters[""]

    def _neighbour(self) -> Crypter | None:
        for path in sorted(self.directory.glob("*.json")):
            salt = checkpoint.read(path).salt
            if salt:
                return self._crypter(salt, where=str(path))
        return None

    def _crypter(self, salt: str, *, where: str) -> Crypter:
        if not salt:
            return self.fresh()
        if salt not in self._crypters:
            self._crypters[salt] = Crypter.open(self.passphrase, salt, where=where)
        return self._crypters[salt]

    def _path(self, stack: str) -> Path:
        if not _NAME.fullmatch(stack):
            raise ProjectError(
                f"{stack!r} is not a valid stack name. Allowed are up to 100 letters, digits, '-', '_' and '.'"
            )
        return self.directory / f"{stack}.json"

    def _folded(self, path: Path) -> tuple[checkpoint.Checkpoint, Folded]:
        saved = checkpoint.read(path)
        records = _continuing(path, journal.read(path.with_suffix(".journal")), saved.sha256)
        salt = saved.salt or next((record["salt"] for record in records if record["t"] == "run"), "")
        return dataclasses.replace(saved, salt=salt), journal.fold(saved.resources, saved.pending, records)


def _continuing(path: Path, records: list[dict[str, Any]], sha256: str) -> list[dict[str, Any]]:
    """Return the records that the checkpoint does not contain yet."""
    for index in reversed(range(len(records))):
        if records[index]["t"] == "commit" and records[index]["sha256"] == sha256:
            return records[index + 1 :]
    if records and records[0].get("base") != sha256:
        raise CheckpointError(
            f"{path} and its journal {path.with_suffix('.journal').name} do not belong together (one was replaced): "
            "restore both from one copy, or move the journal away to continue from the checkpoint alone"
        )
    return records
