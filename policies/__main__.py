"""Entry point of the policy pack: builds the pack, nothing else."""

import sys
from pathlib import Path

# The pack's modules are imported from the project's root; its own folder, which Python or the CLI put on the path,
# could shadow others.
folder = Path(__file__).resolve().parent
sys.path[:] = [str(folder.parent), *(path for path in sys.path if Path(path or ".").resolve() != folder)]

from pulumi_policy import EnforcementLevel, PolicyPack  # noqa: E402 - after the path is right

from policies.configuration import ConfigurationError  # noqa: E402 - the same
from policies.pack import build  # noqa: E402 - the same

try:
    policies = build()
except ConfigurationError as error:
    sys.exit(f"policy pack hipaa-ml: {error}")
PolicyPack(name="hipaa-ml", policies=policies, enforcement_level=EnforcementLevel.MANDATORY)
