"""F1, F2, AI opt-out and the Suspended OU: accounts stay in the organisation, and nobody is root in them."""

from collections.abc import Sequence
from typing import Final

from controls.citations import cite
from controls.model import ConfigRule, Control, Declaration, Guardrail, PolicyType, Severity, Statement
from controls.zone import Zone

EVERY_OU: Final = ("*",)

F1: Final = Control(
    id="F1",
    title="Accounts stay in the organisation, and open",
    reason="An account that leaves takes its data out from under every guardrail, trail and key policy at once.",
    citations=cite("164.308(a)(1)(ii)(B)", "164.308(a)(4)(ii)(B)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=EVERY_OU,
        statements=(
            Statement(
                sid="F1Leave",
                actions=("account:CloseAccount", "organizations:LeaveOrganization"),
                exempt=False,
            ),
        ),
    ),
    detect=(ConfigRule(identifier="ACCOUNT_PART_OF_ORGANIZATIONS"),),
)

F2: Final = Control(
    id="F2",
    title="The root user of a member account does nothing",
    reason="Root cannot be limited by any policy of the account, and nobody in particular signs in with it.",
    citations=cite("164.312(a)(2)(i)", "164.312(d)", "164.308(a)(4)(ii)(B)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=EVERY_OU,
        statements=(
            Statement(
                sid="F2Root",
                actions=("*",),
                conditions={
                    "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"},
                    # Sessions of sts:AssumeRoot are the management account's own repairs, limited to one task each
                    # (IAM User Guide, "Centrally manage root access"); they alone carry this key.
                    "Null": {"aws:AssumedRoot": "true"},
                },
                exempt=False,
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="IAM_ROOT_ACCESS_KEY_CHECK"),
        ConfigRule(identifier="ROOT_ACCOUNT_MFA_ENABLED"),
        ConfigRule(identifier="ROOT_ACCOUNT_HARDWARE_MFA_ENABLED"),
    ),
)

AI_OPT_OUT: Final = Control(
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


def accounts(zone: Zone) -> Sequence[Control]:
    """F1, F2, F13, and deny-all on the OU of suspended accounts."""
    suspended = Control(
        id="SUSPENDED",
        title="A suspended account does nothing",
        reason="Accounts are parked here before they are closed: what still runs in them is seen before it is gone.",
        citations=cite("164.308(a)(3)(ii)(C)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=(zone.suspended,),
            statements=(Statement(sid="Suspended", actions=("*",), exempt=False),),
        ),
    )
    return (F1, F2, AI_OPT_OUT, suspended)
