"""Decides every request to the emulated cloud by the policies that it holds, as AWS IAM does."""

from rehearsal.cloud.authorization.authorizer import Authorizer, Denial

__all__ = ["Authorizer", "Denial"]
