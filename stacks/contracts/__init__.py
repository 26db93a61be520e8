"""Outputs that stacks export and other stacks read: one class per layer."""

from stacks.contracts.contract import Contract
from stacks.contracts.data import DataOutputs
from stacks.contracts.foundation import AuditOutputs, BaselineOutputs, OrganizationOutputs
from stacks.contracts.ml import MlOutputs, RecoveryOutputs
from stacks.contracts.mlflow import MlflowOutputs
from stacks.contracts.network import NetworkOutputs, SpokeOutputs
from stacks.contracts.packages import PackagesOutputs
from stacks.contracts.sandbox import SandboxOutputs
from stacks.contracts.security import SecurityOutputs

__all__ = [
    "AuditOutputs",
    "BaselineOutputs",
    "Contract",
    "DataOutputs",
    "MlOutputs",
    "MlflowOutputs",
    "NetworkOutputs",
    "OrganizationOutputs",
    "PackagesOutputs",
    "RecoveryOutputs",
    "SandboxOutputs",
    "SecurityOutputs",
    "SpokeOutputs",
]
