"""What a sandbox has besides the components of data and models: Studio, the keeper function, the spending stop."""

from components.sandbox.keeper import Keeper, KeeperArgs
from components.sandbox.names import SandboxNames
from components.sandbox.spending import SpendingStop, SpendingStopArgs
from components.sandbox.studio import Studio, StudioArgs

__all__ = ["Keeper", "KeeperArgs", "SandboxNames", "SpendingStop", "SpendingStopArgs", "Studio", "StudioArgs"]
