"""Decides every request to the emulated cloud by the policies that it holds, as AWS IAM does."""

from rehearsal.cloud.authorization.authorizer import Authorizer
from rehearsal.cloud.authorization.callers import Caller

__all__ = ["Authorizer", "Caller"]
