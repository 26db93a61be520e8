"""The detecting layer: AWS Config rules of the registry and of AWS's HIPAA pack, as conformance packs within limits."""

from controls.conformance.packs import ConformancePack, PackError, packs
from controls.conformance.rules import ManagedRule, hipaa, ml_phi

__all__ = ["ConformancePack", "ManagedRule", "PackError", "hipaa", "ml_phi", "packs"]
