"""`zone up` deploys nothing when a stack that is needed is not deployed."""

import pytest

from cli.errors import UsageError
from cli.session import require_needed_stacks

GRAPH = {"organization": [], "audit": ["organization"], "baseline": ["organization", "audit"], "network": ["baseline"]}


@pytest.mark.parametrize(
    ("stacks", "deployed"),
    [
        (["organization", "audit"], []),
        (["network"], ["organization", "audit", "baseline"]),
        (["audit"], ["organization"]),
    ],
)
def test_deployed_or_named_stacks_satisfy_a_stack(stacks: list[str], deployed: list[str]) -> None:
    require_needed_stacks(stacks, GRAPH, deployed)


@pytest.mark.parametrize(
    ("stacks", "deployed", "message"),
    [
        (
            ["baseline"],
            [],
            r"baseline needs organization, audit, which are not .* `zone up organization audit baseline`",
        ),
        (["baseline"], ["organization"], r"baseline needs audit, which is not deployed. Run `zone up audit baseline`"),
        (["organization", "network"], [], r"network needs baseline, .* `zone up organization baseline network`"),
    ],
)
def test_missing_stack_is_named_with_the_command(stacks: list[str], deployed: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        require_needed_stacks(stacks, GRAPH, deployed)
