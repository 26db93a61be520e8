"""The log archive and the trail of the organisation, 45 CFR 164.312(b)."""

from components.audit.log_archive import LogArchive, LogArchiveArgs
from components.audit.trail import OrganizationTrail, OrganizationTrailArgs

__all__ = ["LogArchive", "LogArchiveArgs", "OrganizationTrail", "OrganizationTrailArgs"]
