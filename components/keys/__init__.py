"""Customer-managed KMS keys: administered by the account's administrators, used only by whom the policy names."""

from components.keys.key import Key, KeyArgs
from components.keys.replica import KeyReplica, KeyReplicaArgs, promotion

__all__ = ["Key", "KeyArgs", "KeyReplica", "KeyReplicaArgs", "promotion"]
