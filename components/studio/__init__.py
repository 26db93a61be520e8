"""SageMaker Studio: the domain of an environment, with a role per team and a profile per person."""

from components.studio.domain import StudioDomain, StudioDomainArgs, StudioTeam, declare_profile, idle_shutdown
from components.studio.names import StudioNames
from components.studio.rights import StudioScope, studio_rights, trust

__all__ = [
    "StudioDomain",
    "StudioDomainArgs",
    "StudioNames",
    "StudioScope",
    "StudioTeam",
    "declare_profile",
    "idle_shutdown",
    "studio_rights",
    "trust",
]
