"""The declaration of IAM permissions: the source of the policy of the runbooks' role and of the permission check.

Resources and conditions are templates over these fields, each with one or several values:
`{region}` and `{recovery}`, `{account}`, `{role}` (ARN of the runbooks' role), `{root}` and `{writer_parameter}` (of
Parameter Store), `{journal_table}`, `{heartbeat_key}`, `{namespace}` (of CloudWatch), `{endpoint}`, `{repository}`,
`{alarm}`, `{artifact_bucket}`, `{replicated_bucket}`, `{record_bucket}`, `{key}` and `{topic}` (ARNs).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from string import Formatter
from typing import Any

Conditions = Mapping[str, Mapping[str, Sequence[str]]]
"""Condition operator -> condition key -> templates of the values, one of which must match."""
Values = Mapping[str, Sequence[Any]]
"""Field of a template -> its values."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Right:
    """Actions on resources: one statement of the role's policy."""

    sid: str
    actions: Sequence[str]
    resources: Sequence[str]
    """Templates of ARNs, or `*` for actions without resources."""
    conditions: Conditions = field(default_factory=dict[str, Mapping[str, Sequence[str]]])
    unrecorded: str = ""
    """Why no request of a step names the actions; empty when the steps' requests show each of them."""


def expand(template: str, values: Values, formatted: Callable[..., Any] = str.format) -> Iterator[Any]:
    """Fills a template with every combination of the values of its fields.

    Args:
        template: text with fields such as `{region}`.
        values: field -> values; for one without values, nothing is yielded.
        formatted: fills the template with one value per field; `pulumi.Output.format` for values that are outputs.

    Yields:
        One result per combination, the first field varying slowest.
    """
    names = list(dict.fromkeys(name for _, name, _, _ in Formatter().parse(template) if name))
    for combination in product(*(values[name] for name in names)):
        yield formatted(template, **dict(zip(names, combination, strict=True)))
