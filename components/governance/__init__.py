"""The monitoring of the organisation: compliance, threats, exposure and notifications."""

from components.governance.aggregator import ConfigAggregator, ConfigAggregatorArgs
from components.governance.alerts import FindingAlerts, FindingAlertsArgs
from components.governance.analyzers import AccessAnalyzers, AccessAnalyzersArgs
from components.governance.conformance import ConformancePacks, ConformancePacksArgs, PackSpec
from components.governance.guardduty import ThreatDetection, ThreatDetectionArgs
from components.governance.inspector import VulnerabilityScanning, VulnerabilityScanningArgs
from components.governance.macie import DataDiscovery, DataDiscoveryArgs, IdentifierSpec, MemberSpec
from components.governance.security_hub import CentralSecurityHub, CentralSecurityHubArgs

__all__ = [
    "AccessAnalyzers",
    "AccessAnalyzersArgs",
    "CentralSecurityHub",
    "CentralSecurityHubArgs",
    "ConfigAggregator",
    "ConfigAggregatorArgs",
    "ConformancePacks",
    "ConformancePacksArgs",
    "DataDiscovery",
    "DataDiscoveryArgs",
    "FindingAlerts",
    "FindingAlertsArgs",
    "IdentifierSpec",
    "MemberSpec",
    "PackSpec",
    "ThreatDetection",
    "ThreatDetectionArgs",
    "VulnerabilityScanning",
    "VulnerabilityScanningArgs",
]
