"""The events of the Pulumi CLI as the events and results of the embedded engine, so that both are shown alike."""

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from pulumi.automation import EngineEvent, OpType
from pulumi.automation.events import DiagnosticEvent, PolicyEvent, StepEventMetadata, StepEventStateMetadata

from rehearsal.engine import Event, Log, PropertyDiff, StackResult, Step, StepDone, StepStarted, Violation, paths
from rehearsal.engine.events import Level, Op, Operation

OPS: Final[Mapping[str, Op]] = {
    "same": "same",
    "create": "create",
    "update": "update",
    "delete": "delete",
    "replace": "replace",
    "read": "read",
    "read-replacement": "read",
    "refresh": "refresh",
    "import": "import",
    "import-replacement": "replace",
}
"""Operation of the CLI -> of a result. The parts of a replacement (`create-replacement`, `delete-replaced`) are left
out: the CLI tells `replace` as well."""
COLOR: Final = re.compile(r"<\{%[^%]*%\}>")
"""Color directives in the messages of the CLI."""
ENDINGS: Final = frozenset({"preview failed", "update failed", "refresh failed", "destroy failed"})
"""Messages that only say that the run failed; another message says why."""
UNDECIDED: Final = "can't run policy"
"""Begin of the message of a policy that met an unknown value."""
ROOT_TYPE: Final = "pulumi:pulumi:Stack"


class RunRecord:
    """Collects the events of one run of a stack.

    Args:
        stack: name of the stack.
        operation: what the run does.
        sink: receives the events for the live display.
    """

    def __init__(self, stack: str, operation: Operation, sink: Callable[[Event], None]) -> None:
        self.stack = stack
        self.operation: Operation = operation
        self._sink = sink
        self._started = time.monotonic()
        self._steps: dict[str, Step] = {}
        self._resources: dict[str, tuple[str, str, str]] = {}
        self._violations: dict[tuple[str, str, str], Violation] = {}
        self._outputs_differ = False
        self._planning = operation == "preview"
        self._counts: Counter[str] = Counter()
        self.errors: list[str] = []

    def planning(self, planning: bool) -> None:
        """Marks the following events as those of a preview or of an update, and drops what was collected before."""
        self._planning = planning
        self._steps, self._resources, self._counts, self._violations = {}, {}, Counter(), {}

    @property
    def unchanged(self) -> bool:
        """Whether the run found neither a changed resource nor a changed output."""
        return not self._outputs_differ and not any(count for op, count in self._counts.items() if op != "same")

    @property
    def violated_policies(self) -> list[str]:
        """Names of the mandatory policies that are violated."""
        violations = self._violations.values()
        return sorted({violation.policy for violation in violations if violation.level == "mandatory"})

    def __call__(self, event: EngineEvent) -> None:
        """Takes one event of the CLI."""
        if event.resource_pre_event:
            self._begin(event.resource_pre_event.metadata)
        elif event.res_outputs_event:
            self._end(event.res_outputs_event.metadata)
        elif event.res_op_failed_event:
            metadata = event.res_op_failed_event.metadata
            self._tell_done(metadata, error="failed")
        elif event.diagnostic_event:
            self._diagnose(event.diagnostic_event)
        elif event.policy_event:
            self._violate(event.policy_event)
        elif event.summary_event:
            counts = event.summary_event.resource_changes
            self._counts = Counter()
            for op, number in counts.items():
                if (name := OPS.get(OpType(op).value)) is not None:
                    self._counts[name] += number

    def result(self, *, error: str = "", outputs: Mapping[str, Any] | None = None) -> StackResult:
        """The result of the run.

        Args:
            error: why it failed; empty if it succeeded.
            outputs: the stack's outputs.
        """
        counts = self._counts or Counter(step.op for step in self._steps.values())
        return StackResult(
            name=self.stack,
            operation=self.operation,
            ok=not error and not self.violated_policies,
            operations=dict(counts),
            steps=tuple(self._steps.values()),
            violations=tuple(self._violations.values()),
            outputs=outputs or {},
            resources=tuple(self._resources.values()),
            types=Counter(kind for kind, _, _ in self._resources.values()),
            seconds=time.monotonic() - self._started,
            error=error,
        )

    def _begin(self, metadata: StepEventMetadata) -> None:
        op = OPS.get(metadata.op.value)
        if op is None:
            return
        event = StepStarted(stack=self.stack, urn=metadata.urn, type=metadata.type, op=op, preview=self._planning)
        self._sink(event)
        if op == "delete":
            self._keep(metadata, op)

    def _end(self, metadata: StepEventMetadata) -> None:
        op = OPS.get(metadata.op.value)
        if op is not None:
            self._keep(metadata, op)
            self._tell_done(metadata)

    def _keep(self, metadata: StepEventMetadata, op: Op) -> None:
        """Records a step and the resource that it leaves."""
        old, new = metadata.old, metadata.new
        self._steps[metadata.urn] = Step(urn=metadata.urn, type=metadata.type, op=op, diff=differences(metadata))
        if op != "delete" and new is not None:
            self._resources[metadata.urn] = (metadata.type, metadata.urn, new.id)
        if metadata.type == ROOT_TYPE and _outputs(old) != _outputs(new):
            self._outputs_differ = True

    def _tell_done(self, metadata: StepEventMetadata, error: str = "") -> None:
        op = OPS.get(metadata.op.value)
        if op is not None:
            self._sink(
                StepDone(
                    stack=self.stack,
                    urn=metadata.urn,
                    type=metadata.type,
                    op=op,
                    preview=self._planning,
                    seconds=0.0,
                    error=error,
                )
            )

    def _diagnose(self, diagnostic: DiagnosticEvent) -> None:
        message = plain(diagnostic.message)
        if message in ENDINGS:
            return
        severity = diagnostic.severity.partition("#")[0]
        if severity == "error" and message not in self.errors:
            self.errors.append(message)
        if severity in ("warning", "error") and message:
            self._sink(
                Log(
                    stack=self.stack,
                    severity="warning" if severity == "warning" else "error",
                    message=message,
                    urn=diagnostic.urn or "",
                    ephemeral=bool(diagnostic.ephemeral),
                )
            )

    def _violate(self, policy: PolicyEvent) -> None:
        text = plain(policy.message)
        description, _, message = ("", "", text) if text.startswith(UNDECIDED) else text.partition("\n")
        violation = Violation(
            stack=self.stack,
            policy=policy.policy_name,
            pack=policy.policy_pack_name,
            urn=policy.resource_urn or "",
            level=cast("Level", policy.enforcement_level),
            message=message.strip(),
            description=description.strip(),
        )
        self._violations[violation.policy, violation.urn, violation.message] = violation


def differences(metadata: StepEventMetadata) -> Sequence[PropertyDiff]:
    """The properties that a step changes, with their old and new values; the CLI has taken secrets out."""
    old, new = metadata.old, metadata.new
    if metadata.op.value == "create" and new is not None:
        inputs = new.inputs or {}
        return [
            PropertyDiff(path=key, kind="add", new=value)
            for key, value in sorted(inputs.items())
            if not key.startswith("__") and value is not None
        ]
    changed: list[PropertyDiff] = []
    for path, difference in sorted((metadata.detailed_diff or {}).items()):
        before = (old.inputs if difference.input_diff else old.outputs) if old else None
        changed.append(
            PropertyDiff(
                path=path,
                kind=difference.diff_kind.value,
                old=_at(before, path),
                new=_at(new.inputs if new else None, path),
            )
        )
    return changed


def plain(message: str) -> str:
    """A message of the CLI without color directives."""
    return COLOR.sub("", message).strip()


def _at(values: Any, path: str) -> Any:
    try:
        return paths.get(values or {}, paths.parse(path))[1]
    except ValueError:
        return None


def _outputs(state: StepEventStateMetadata | None) -> Mapping[str, Any]:
    return dict((state.outputs if state else None) or {})
