"""Entry point: the stack's name picks the layer, the layer does the work."""

import pulumi

from stacks import layers
from stacks.settings import Settings

layers.deploy(pulumi.get_stack(), Settings.load())
