"""The components of regional recovery: documents, journal, traffic switch, roles, heartbeat and readiness check."""

from components.recovery.approvers import RecoveryApproverRole, RecoveryApproverRoleArgs
from components.recovery.documents import RecoveryDocuments, RecoveryDocumentsArgs
from components.recovery.heartbeat import Heartbeat, HeartbeatArgs
from components.recovery.journal import RecoveryJournal, RecoveryJournalArgs
from components.recovery.names import FAILED_OVER, HEARTBEAT_KEY, WITHDRAWN, RecoveryNames
from components.recovery.operators import RunbookRole, RunbookRoleArgs
from components.recovery.readiness import ReadinessCheck, ReadinessCheckArgs
from components.recovery.switch import Shared, TrafficSwitch, TrafficSwitchArgs
from components.recovery.topic import OperationsTopic, OperationsTopicArgs

__all__ = [
    "FAILED_OVER",
    "HEARTBEAT_KEY",
    "WITHDRAWN",
    "Heartbeat",
    "HeartbeatArgs",
    "OperationsTopic",
    "OperationsTopicArgs",
    "ReadinessCheck",
    "ReadinessCheckArgs",
    "RecoveryApproverRole",
    "RecoveryApproverRoleArgs",
    "RecoveryDocuments",
    "RecoveryDocumentsArgs",
    "RecoveryJournal",
    "RecoveryJournalArgs",
    "RecoveryNames",
    "RunbookRole",
    "RunbookRoleArgs",
    "Shared",
    "TrafficSwitch",
    "TrafficSwitchArgs",
]
