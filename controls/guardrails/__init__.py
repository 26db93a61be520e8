"""Guardrails beyond the foundation: data, machine learning, network and perimeter."""

from collections.abc import Sequence

from controls.guardrails.data import data
from controls.guardrails.data_use import data_use
from controls.guardrails.eligible import D8
from controls.guardrails.ml import ML
from controls.guardrails.ml_use import ml_use
from controls.guardrails.network import NETWORK
from controls.guardrails.perimeter import perimeter
from controls.model import Control
from controls.zone import Zone

__all__ = ["guardrails"]


def guardrails(zone: Zone) -> Sequence[Control]:
    """D, M, N and P controls for one zone."""
    return (*data(zone), D8, *data_use(zone), *ML, *ml_use(zone), *NETWORK, *perimeter(zone))
