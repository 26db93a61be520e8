"""Base class of stack outputs. Writer and readers share the class, so that the type checker finds a renamed field."""

from dataclasses import dataclass, fields
from typing import Self

import pulumi


@dataclass(frozen=True, kw_only=True, slots=True)
class Contract:
    """Outputs of a stack, by field name."""

    def export(self) -> None:
        """Exports every field as a stack output."""
        for field in fields(self):
            pulumi.export(field.name, getattr(self, field.name))

    @classmethod
    def of(cls, stack: str) -> Self:
        """Reads the outputs of another stack of this project.

        A stack that is not up, or lacks an output, fails the reading program with a message that names it.
        """
        name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{stack}"
        reference = pulumi.StackReference(stack, stack_name=name)
        return cls(**{field.name: reference.require_output(field.name) for field in fields(cls)})
