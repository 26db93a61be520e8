"""Stack references: outputs of another stack, as this engine planned or applied them, or from its checkpoint."""

from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.engine.errors import UpstreamMissingError
from rehearsal.engine.program import ORGANIZATION
from rehearsal.engine.store import StateStore
from rehearsal.engine.values import Values, has_secrets, has_unknowns


class References:
    """Looks up stacks by the names programs use: `organization/<project>/<stack>`, `<project>/<stack>`, `<stack>`."""

    def __init__(self, store: StateStore, project: str, graph: Mapping[str, Sequence[str]]) -> None:
        self._store = store
        self._project = project
        self._graph = graph
        self._fresh: dict[str, Values] = {}

    def remember(self, stack: str, outputs: Values) -> None:
        """Record the outputs that this engine planned or applied for a stack."""
        self._fresh[stack] = outputs

    def forget(self, stack: str) -> None:
        """Discard the outputs of a stack that was destroyed."""
        self._fresh.pop(stack, None)

    def read(self, name: str) -> dict[str, Any]:
        """Return the properties of a StackReference: name, outputs, secretOutputNames.

        Args:
            name: The stack's name, as the program gives it to `StackReference`.

        Raises:
            UpstreamMissingError: The stack is not deployed; the message names the command that deploys it.
        """
        stack = self._stack(name)
        outputs = self._outputs(stack)
        if outputs is None:
            raise UpstreamMissingError(
                f"""Stack "{stack}" is not deployed. Run 'zone up {self._order(stack)}' first."""
            )
        secret_names = sorted(key for key, value in outputs.items() if has_secrets(value))
        return {"name": name, "outputs": outputs, "secretOutputNames": secret_names}

    def _outputs(self, stack: str) -> Values | None:
        """Return the outputs of a stack; None when it is neither planned nor deployed.

        An output that is unknown in a preview has its deployed value, as in the Pulumi CLI. One unknown output would
        make all outputs of the reference unknown in the SDK, and every resource that uses one a replacement.
        """
        planned = self._fresh.get(stack)
        if planned is not None and not any(has_unknowns(value) for value in planned.values()):
            return planned
        deployed = self._store.raw_outputs(stack)
        if planned is None or deployed is None:
            return planned or deployed
        return {name: deployed.get(name, value) if has_unknowns(value) else value for name, value in planned.items()}

    def lacking(self, names: Sequence[str], output: str) -> UpstreamMissingError | None:
        """The error for an output that a referenced stack lacks; None when all of them have it."""
        lacking = [self._stack(name) for name in names if output not in self.read(name)["outputs"]]
        if not lacking:
            return None
        stacks = " or ".join(f'"{stack}"' for stack in lacking)
        arguments = " ".join(lacking)
        return UpstreamMissingError(
            f"""Stack {stacks} has no output "{output}". Run 'zone up {arguments}' first to update it."""
        )

    def _stack(self, name: str) -> str:
        parts = name.split("/")
        prefixes = (ORGANIZATION, self._project)
        if parts[:-1] not in ([], [ORGANIZATION], [self._project], list(prefixes)):
            raise UpstreamMissingError(
                f"stack {name!r} is of another project: only stacks of {self._project!r} can be referred to here"
            )
        return parts[-1]

    def _order(self, stack: str) -> str:
        stacks: dict[str, None] = {}

        def visit(current: str) -> None:
            for need in self._graph.get(current, ()):
                if need not in stacks and need not in self._fresh and not self._store.exists(need):
                    visit(need)
            stacks[current] = None

        visit(stack)
        return " ".join(stacks)
