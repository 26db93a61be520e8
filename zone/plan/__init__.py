"""Everything that follows from the settings: accounts, environments, network, data, models, the stack graph."""

from zone.plan.accounts import AccountPlan, EnvironmentPlan
from zone.plan.graph import StackGraph
from zone.plan.network import NetworkPlan, RegionNetwork, SegmentPlan
from zone.plan.plan import Plan, make_plan, plan_from_files
from zone.plan.sandboxes import SandboxPlan

__all__ = [
    "AccountPlan",
    "EnvironmentPlan",
    "NetworkPlan",
    "Plan",
    "RegionNetwork",
    "SandboxPlan",
    "SegmentPlan",
    "StackGraph",
    "make_plan",
    "plan_from_files",
]
