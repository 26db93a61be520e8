"""The `recovery-<env>` layer: what stands by in the second region; for now its network."""

from stacks import places, spokes
from stacks.contracts import SpokeOutputs
from stacks.settings import Settings


def deploy(settings: Settings, environment: str) -> SpokeOutputs:
    """Declares the layer for one environment and exports its outputs."""
    return spokes.spoke(settings, places.environments(settings)[environment], settings.regions.recovery)
