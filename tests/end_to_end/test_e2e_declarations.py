"""The declaration that `zone up` keeps for `zone audit`."""

import shutil
from dataclasses import asdict

import pytest

from cli.declarations import KeptDeclarations
from cli.declared_resources import declared_resources
from cli.workspace import Workspace
from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
STACKS = ("organization", "audit")


def test_up_keeps_what_a_plan_of_the_deployed_stacks_declares(zone: Zone) -> None:
    zone.shrink()
    assert zone.rehearse("up", *STACKS).code == 0
    workspace = Workspace(root=zone.root, state=zone.root / ".rehearsal", endpoint=None)
    kept = {stack: KeptDeclarations(workspace).read(stack) for stack in STACKS}
    assert all(kept.values())

    shutil.rmtree(workspace.state / "declared")
    planned = [resource for resource in declared_resources(workspace).resources if resource.stack in STACKS]
    deployed = [resource for stack in STACKS for resource in kept[stack] or ()]
    for of_update, of_plan in zip(deployed, planned, strict=True):
        assert asdict(of_update) == asdict(of_plan)
    assert KeptDeclarations(workspace).read("audit") == kept["audit"]

    state = workspace.store().directory / "organization.json"
    content = state.read_text(encoding="utf-8")
    state.write_text(content + "\n", encoding="utf-8")
    assert KeptDeclarations(workspace).read("audit") is None, "`audit` needs `organization`, whose state changed"
    state.write_text(content, encoding="utf-8")
    assert KeptDeclarations(workspace).read("audit") == kept["audit"]
    zone.configure(tags={**zone.setting("tags"), "project": "another"})
    assert KeptDeclarations(workspace).read("audit") is None, "the configuration changed"
