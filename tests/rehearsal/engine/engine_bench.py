"""A bench for the engine: a project in a temporary folder, a real provider process, and the engine on both."""

import json
import os
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rehearsal.engine import Engine, Event, Passphrase, Project, StackResult, StateStore

ROOT = Path(__file__).resolve().parents[3]
PROVIDER = Path(__file__).with_name("toy_provider.py")
TOY = """
import pulumi

class Thing(pulumi.CustomResource):
    def __init__(self, resource_name, opts=None, **props):
        for output in ("arn", "name", "token"):
            props.setdefault(output, None)
        super().__init__("toy:index:Thing", resource_name, props, opts)

class Provider(pulumi.ProviderResource):
    def __init__(self, resource_name, opts=None, **props):
        super().__init__("toy", resource_name, props, opts)

class Group(pulumi.ComponentResource):
    def __init__(self, resource_name, opts=None, **props):
        super().__init__("toy:index:Group", resource_name, props, opts)
"""
HEAD = "import pulumi\nfrom pulumi import Output, ResourceOptions as Options\nfrom toy import Group, Provider, Thing\n"


class ProviderProcess:
    """The toy provider as a process of its own."""

    def __init__(self, folder: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, str(PROVIDER), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        assert self.process.stdout
        self.address = f"127.0.0.1:{int(self.process.stdout.readline())}"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()


class Bench:
    """Everything a test needs to bring programs up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "project"
        self.state = folder / "state"
        for path in (self.root, self.state):
            path.mkdir()
        (self.root / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
        (self.root / "toy.py").write_text(TOY)
        self.passphrase = Passphrase(text="correct horse", source="the test")
        self.events: list[Event] = []
        self.providers: list[ProviderProcess] = []
        self.engines: list[Engine] = []
        self.options: dict[str, Any] = {}

    def provider(self) -> str:
        """Launch a provider; the state of all is the same."""
        self.providers.append(ProviderProcess(self.state))
        return self.providers[-1].address

    def program(self, text: str) -> None:
        (self.root / "__main__.py").write_text(HEAD + textwrap.dedent(text))

    def engine(self, **options: Any) -> Engine:
        if not self.engines or options:
            arguments: dict[str, Any] = {
                "provider": self.provider,
                "sink": self.events.append,
                **self.options,
                **options,
            }
            created = Engine(
                Project.load(self.root),
                self.store(),
                **arguments,
            )
            self.engines.append(created)
        return self.engines[-1]

    def store(self) -> StateStore:
        return StateStore(self.state / "stacks", self.passphrase)

    def up(self, text: str | None = None, stack: str = "dev") -> StackResult:
        return self._run("up", text, stack)

    def preview(self, text: str | None = None, stack: str = "dev") -> StackResult:
        return self._run("preview", text, stack)

    def _run(self, operation: str, text: str | None, stack: str) -> StackResult:
        if text is not None:
            self.program(text)
        return getattr(self.engine(), operation)(stack)

    def calls(self, method: str) -> list[tuple[str, Any]]:
        """Calls the provider saw: name of the resource (or id), and the inputs."""
        return self.query("select urn, detail from calls where method = ? order by n", method)

    def created(self) -> list[str]:
        return [urn.split("::")[-1] for urn, _ in self.calls("Create")]

    def things(self) -> dict[str, dict[str, Any]]:
        """What exists, by logical name."""
        return {urn.split("::")[-1]: inputs for urn, inputs in self.query("select urn, inputs from things")}

    def change(self, statement: str, *values: Any) -> None:
        """Change something behind the program's back."""
        with sqlite3.connect(self.state / "toy.sqlite") as database:
            database.execute(statement, values)
        database.close()

    def query(self, statement: str, *values: Any) -> list[tuple[str, Any]]:
        if not self.providers:
            return []  # no provider was ever launched
        database = sqlite3.connect(self.state / "toy.sqlite")
        rows = [(first, json.loads(second)) for first, second in database.execute(statement, values)]
        database.close()
        return rows

    def resources(self, stack: str = "dev") -> dict[str, Mapping[str, Any]]:
        return {entry["urn"].split("::")[-1]: entry for entry in self.store().resources(stack)}

    def messages(self, condition: Callable[[Any], bool]) -> Sequence[Event]:
        return [event for event in self.events if condition(event)]

    def close(self) -> None:
        for engine in self.engines:
            engine.close()
        for provider in self.providers:
            provider.stop()


def ops(result: StackResult) -> dict[str, int]:
    """The operations on things (providers, the stack itself and components aside)."""
    counted: dict[str, int] = {}
    for step in result.steps:
        if step.type == "toy:index:Thing":
            counted[step.op] = counted.get(step.op, 0) + 1
    return counted
