"""The processes of one command: starts cloud, provider and engine, and stops them."""

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from cli.declarations import KeptDeclarations, declared_of
from cli.errors import UsageError, console, messages
from cli.pipeline import web_identity
from cli.preflight import require_addendum, require_open_accounts
from cli.quotas import raise_quotas
from cli.rehearsed_aws import rehearsed_aws
from cli.stand_ins import publish_stand_ins
from cli.workspace import Workspace
from rehearsal.cloud import Cloud
from rehearsal.engine import Engine, Event, Project, SideBySide, StackResult, among, child
from rehearsal.preload import Preload
from rehearsal.provider import Ledger, ProviderProcess

AT_ONCE: Final = min(4, os.cpu_count() or 1)
"""Default number of stacks that are processed at the same time: one per processor, at most four."""
PRELOADED: Final = ("stacks.program:load", "policies.pack")
"""What the programs of several stacks and the policy packs share (`rehearsal.preload`)."""
Modes = dict[str, Counter[tuple[str, str]]]
"""Stack -> (resource type, `emulated` or `recorded`) -> count."""


def require_needed_stacks(
    stacks: Sequence[str], graph: Mapping[str, Sequence[str]], deployed: Sequence[str], *, options: str = ""
) -> None:
    """Checks that every stack that the named stacks need is deployed or named as well.

    Args:
        stacks: stacks to deploy, in dependency order.
        graph: stack -> the stacks that it needs, in dependency order.
        deployed: stacks that are deployed, at least in part.
        options: options of the command that the message names.

    Raises:
        UsageError: a stack is missing; it names the command that deploys all of them.
    """
    for stack in stacks:
        missing = {needed for needed in graph[stack] if needed not in stacks and needed not in deployed}
        if missing:
            absent = [name for name in graph if name in missing]
            command = " ".join(name for name in graph if name in missing or name in stacks)
            raise UsageError(
                f"{stack} needs {', '.join(absent)}, which {'is' if len(absent) == 1 else 'are'} not deployed. "
                f"Run `zone up {command}{f' {options}' if options else ''}`."
            )


class Session:
    """Starts the processes that a command needs, and stops those that only this command needs.

    The cloud is a process of its own and outlives the command: the next one, or a person with the AWS CLI, finds
    the organisation as it was left, and so that a killed run can be continued.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        packs: Sequence[Path] | None,
        parallel: int,
        wait: float,
        keep: bool,
        at_once: int = AT_ONCE,
        unprotect: bool = False,
        pack_configs: Sequence[Path] = (),
        preview_only: bool = False,
    ) -> None:
        self.workspace = workspace
        self._packs = list(packs) if packs is not None else [workspace.root / "policies"]
        self._pack_configs = dict(zip(self._packs, pack_configs, strict=False))
        self._preview_only = preview_only
        self._parallel, self._wait, self._keep, self._unprotect = parallel, wait, keep, unprotect
        self._at_once = at_once
        self._cloud: Cloud | None = None
        self._started_cloud = False
        self._provider: ProviderProcess | None = None
        self._preload: Preload | None = None

    def __enter__(self) -> Self:
        settings = self.workspace.settings()
        self.workspace.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.workspace.endpoint is None:
            cloud = Cloud.attach(self.workspace.state)
            if cloud is None:
                cloud = Cloud.start(
                    self.workspace.state,
                    regions=settings.regions.all,
                    management_account=settings.management_account_id,
                )
                raise_quotas(cloud, settings.regions.all)
                self._started_cloud = True
            self._cloud = cloud
            if self.workspace.follow_cloud(cloud.instance):
                messages.print("The last emulated AWS has ended. Its state was moved to .rehearsal/previous.")
        # Another emulator decides nothing by trust policies: there is no pipeline to rehearse.
        pipeline = web_identity(settings) if self.workspace.endpoint is None else None
        self._provider = ProviderProcess.start(
            self.workspace.state, endpoint=self.workspace.endpoint, web_identity=pipeline
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._preload is not None:
            self._preload.close()
        if self._provider is not None:
            self._provider.stop()
        if self._cloud is not None and self._started_cloud and not self._keep:
            self._cloud.stop()

    def run(
        self,
        operation: Literal["up", "preview", "refresh", "destroy"],
        stacks: Sequence[str],
        sink: Callable[[Event], None],
    ) -> list[StackResult]:
        """Runs the stacks in dependency order; starts no further stack after a failure.

        A preview continues with the stacks that do not need the failed one, so that all violations are told at once.
        """
        assert self._provider is not None
        plan, project, store = self.workspace.plan(), Project.load(self.workspace.root), self.workspace.store()
        graph, provider, cloud = plan.stacks.needs, self._provider.address, self._cloud
        if operation == "up":
            require_needed_stacks(stacks, graph, store.stacks())
            if cloud is not None:
                require_addendum(self.workspace, stacks)
                settings = self.workspace.settings()
                require_open_accounts(settings, rehearsed_aws(self.workspace, settings), stacks)

        # Reads the whole program: only an update keeps declarations.
        kept = KeptDeclarations(self.workspace) if operation == "up" else None
        engines: list[Engine] = []
        self._preload = self._preloaded(project, operation, stacks)

        def engine(tell: Callable[[Event], None]) -> Engine:
            made = Engine(
                project,
                store,
                provider=provider,
                packs=self._packs,
                policy_config=self._pack_configs,
                parallel=self._parallel,
                sink=tell,
                graph=graph,
                lock_wait=self._wait,
                preload=self._preload,
            )
            engines.append(made)
            # What one engine has planned or deployed, the others refer to.
            made.references = engines[0].references
            return made

        def work(engine: Engine, stack: str) -> StackResult:
            if operation == "destroy":
                return engine.destroy(stack, unprotect=self._unprotect)
            if operation == "refresh":
                return engine.refresh(stack, preview_only=self._preview_only)
            declarations = kept
            if declarations is None:
                return engine.preview(stack)
            if cloud is not None:
                publish_stand_ins(cloud, plan, store, stack, _tell)
            return engine.up(stack, lambda resources: declarations.write(stack, declared_of(stack, resources)))

        keep_going = operation == "preview"
        with SideBySide(min(self._at_once, len(stacks)), engine, sink, keep_going=keep_going) as runners:
            return runners.run(among(stacks, graph, reverse=operation == "destroy"), work)

    def _preloaded(self, project: Project, operation: str, stacks: Sequence[str]) -> Preload | None:
        """Start the process that the programs of several stacks are forked from."""
        if operation not in ("up", "preview") or len(stacks) == 1:
            return None
        return Preload(PRELOADED, folder=project.root, environment=child.environment())

    def provider_port(self) -> int:
        """The port that the provider listens on."""
        assert self._provider is not None
        return int(self._provider.address.rpartition(":")[2])

    def accounts(self) -> int:
        """Number of accounts of the emulated organization."""
        return len(self._cloud.status().accounts) if self._cloud is not None else 0

    def modes(self, results: Sequence[StackResult], emulated: frozenset[str]) -> Modes:
        """For each stack how many of its resources are emulated and how many recorded.

        What is deployed is looked up in the provider's ledger; what a preview only plans is judged by its type.
        """
        ledger: Mapping[str, str] = Ledger(self.workspace.state / "recorded.sqlite").modes()
        counted: Modes = {}
        for result in results:
            counts = counted.setdefault(result.name, Counter())
            for kind, urn, _identity in result.resources:
                if kind.startswith("aws:"):
                    counts[kind, ledger.get(urn, "emulated" if kind in emulated else "recorded")] += 1
        return counted

    def hint(self, operation: str) -> None:
        """Prints commands for looking around in the deployed zone."""
        if operation != "up" or not self._keep or self._cloud is None:
            return
        console.print(
            "\nThe emulated cloud stays up. Look around:\n"
            '  eval "$(.venv/bin/zone cloud env)"       # then any AWS CLI or boto3 talks to it\n'
            "  aws organizations list-accounts\n"
            "  .venv/bin/zone audit                     # compare what exists with what was declared\n"
            "  .venv/bin/zone outputs organization\n"
            "  .venv/bin/zone cloud stop                # when done",
            highlight=False,
        )


def _tell(line: str) -> None:
    messages.print(line, markup=False, highlight=False, soft_wrap=True)
