"""Preview and update of one stack."""

import time
from collections import Counter
from collections.abc import Sequence

from pulumi.runtime.proto import engine_pb2_grpc, resource_pb2_grpc

from rehearsal.engine.context import EngineContext
from rehearsal.engine.errors import CancelledError, EngineError, ProgramError
from rehearsal.engine.events import Operation, StackResult
from rehearsal.engine.monitor import Monitor
from rehearsal.engine.planned import PlannedStack, planned_resources
from rehearsal.engine.policy_run import Policies
from rehearsal.engine.program import ORGANIZATION, Program, ProgramResult
from rehearsal.engine.registrar import Registrar
from rehearsal.engine.run_state import StackRun
from rehearsal.engine.services import EngineService, serve
from rehearsal.engine.steps import settle_leftovers
from rehearsal.engine.teardown import Teardown
from rehearsal.engine.values import shown


class Clock:
    """The wall time of a run, and the engine's share of it."""

    def __init__(self) -> None:
        self._wall = time.monotonic()
        self._processor = time.process_time()
        self.waited = 0.0

    @property
    def seconds(self) -> float:
        """The wall time so far, in seconds."""
        return time.monotonic() - self._wall

    @property
    def own(self) -> float:
        """The processor time of this process and its time waiting for the disk so far, in seconds."""
        return time.process_time() - self._processor + self.waited


def preview(engine: EngineContext, stack: str) -> StackResult:
    """Return the steps that an update would take."""
    clock = Clock()
    run = start(engine, stack, dry_run=True)
    run_program(engine, run)
    return result(engine, run, "preview", clock)


def plan(engine: EngineContext, stack: str) -> PlannedStack:
    """Return the steps that an update would take, with the declared resources."""
    clock = Clock()
    run = start(engine, stack, dry_run=True)
    run_program(engine, run)
    return PlannedStack(result=result(engine, run, "preview", clock), resources=planned_resources(run))


def up(engine: EngineContext, stack: str) -> PlannedStack:
    """Preview, then update; the declared resources are known only if the update succeeds."""
    clock = Clock()
    planned = start(engine, stack, dry_run=True)
    run_program(engine, planned)
    blocked = any(violation.level == "mandatory" for violation in planned.violations)
    if planned.errors or blocked:
        return PlannedStack(result=result(engine, planned, "up", clock), resources=())
    run = start(engine, stack, dry_run=False)
    journal = run.opened.start("up")
    try:
        run_program(engine, run)
        if not run.errors:
            run.settled()
    finally:
        clock.waited += journal.waited_seconds
        run.opened.finish()
    outcome = result(engine, run, "up", clock)
    return PlannedStack(result=outcome, resources=planned_resources(run) if outcome.ok else ())


def start(engine: EngineContext, stack: str, *, dry_run: bool) -> StackRun:
    """Read configuration and state for one run, including the journal of a killed run."""
    config = engine.project.config(stack, engine.store.passphrase)
    opened = engine.store.open(stack)
    if not dry_run:
        engine.store.recover(stack, opened)
    run = StackRun(
        stack=stack,
        project=engine.project.name,
        root=engine.project.program if engine.project.program.is_dir() else engine.project.program.parent,
        dry_run=dry_run,
        opened=opened,
        config=config,
        sink=engine.sink,
        parallel=engine.parallel,
    )
    run.interrupted = engine.interrupted
    return run


def run_program(engine: EngineContext, run: StackRun) -> None:
    """Run the program: register its resources, delete unregistered ones, analyze the stack."""
    packs = engine.packs()
    for pack in packs:
        pack.configure_stack(
            stack=run.stack,
            project=run.project,
            organization=ORGANIZATION,
            dry_run=run.dry_run,
            config=run.config.values,
            secret_keys=sorted(run.config.secret_keys),
        )
    policies = Policies(run, packs)
    registrar = Registrar(run, engine.connections, policies)
    monitor = Monitor(run, registrar, engine.references)
    server, address = serve(parallel=engine.parallel)
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
    service = EngineService(run.log)
    engine_pb2_grpc.add_EngineServicer_to_server(service, server)
    server.start()
    try:
        program = Program(
            engine.project,
            run.stack,
            run.config,
            address=address,
            dry_run=run.dry_run,
            parallel=engine.parallel,
            log=run.log,
            preload=engine.preload,
        )
        try:
            outcome = program.wait()
        except BaseException:
            program.kill()
            raise
    finally:
        # A program that fails does not wait for what it registered: that is finished and recorded all the same.
        monitor.busy.close()
        server.stop(None).wait()
    _ended(engine, run, outcome, monitor.referenced)
    try:
        if not run.errors:
            settle_leftovers(run, registrar.providers)
            Teardown(run, registrar.providers).unregistered()
        if not run.errors:
            policies.stack()
    except EngineError as error:
        run.fail(error)
    if run.connection_lost:
        engine.connections.forget()


def _ended(engine: EngineContext, run: StackRun, outcome: ProgramResult, referenced: Sequence[str]) -> None:
    """Record the result of the program. After a failed step its error only repeats that of the step."""
    if not outcome.ok and not run.errors:
        lacking = engine.references.lacking(referenced, outcome.missing_output) if outcome.missing_output else None
        if lacking is not None:
            run.fail(lacking)
        elif not run.interrupted.is_set():
            run.fail(ProgramError(outcome.message, detail=outcome.detail))
    if run.interrupted.is_set():
        run.fail(CancelledError("the run was interrupted: what had begun was finished and saved"))


def result(engine: EngineContext, run: StackRun, operation: Operation, clock: Clock) -> StackResult:
    """Return the result of a run."""
    root = run.new_resources.get(run.root_urn)
    outputs = root.outputs if root else {}
    blocked = [violation for violation in run.violations if violation.level == "mandatory"]
    ok = not run.errors and not blocked
    if ok:
        engine.references.remember(run.stack, outputs)
    error = "; ".join(dict.fromkeys(str(item) for item in run.errors))
    if not error and blocked:
        names = ", ".join(sorted({violation.policy for violation in blocked}))
        error = f"mandatory policies are violated: {names}" + (
            "; nothing was changed" if operation == "up" and run.dry_run else ""
        )
    resources = [item for item in run.new_resources.values() if item.type != "pulumi:pulumi:Stack"]
    packs = engine.packs() if operation in ("preview", "up") and not run.errors else ()
    return StackResult(
        name=run.stack,
        operation=operation,
        ok=ok,
        # A blocked update took none of the steps it planned.
        operations={} if operation == "up" and run.dry_run else run.operations,
        steps=tuple(run.steps),
        violations=tuple(run.violations),
        remediations=tuple(run.remediations),
        outputs=shown(outputs),
        resources=tuple((item.type, item.urn, item.id) for item in resources),
        types=Counter(item.type for item in resources),
        policies_run=sum(pack.enabled for pack in packs),
        pending=tuple((op, urn) for urn, op in run.opened.pending),
        seconds=clock.seconds,
        own_seconds=clock.own,
        error=error,
        error_detail="\n".join(item.detail for item in run.errors if item.detail),
    )
