"""F13: AWS AI services do not learn from the organisation's content."""

from typing import Final

from controls.citations import cite
from controls.model import Control, Declaration, PolicyType, Severity

CONTROL: Final = Control(
    id="F13",
    title="AWS AI services do not learn from the organisation's content",
    reason="Content given to some AI services may be stored and used to improve them, also in other regions.",
    citations=cite("164.308(b)(1)", "164.308(a)(1)(ii)(B)"),
    severity=Severity.HIGH,
    declare=(
        Declaration(
            name="ai-opt-out",
            policy_type=PolicyType.AI_OPT_OUT,
            # `@@none` keeps child policies from changing it (Organizations User Guide, "AI services opt-out policies").
            content={
                "services": {
                    "@@operators_allowed_for_child_policies": ["@@none"],
                    "default": {
                        "@@operators_allowed_for_child_policies": ["@@none"],
                        "opt_out_policy": {
                            "@@operators_allowed_for_child_policies": ["@@none"],
                            "@@assign": "optOut",
                        },
                    },
                }
            },
            targets=("/",),
        ),
    ),
)
