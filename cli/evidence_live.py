"""Results that `zone evidence` reads itself: AWS Config compliance and the business associate addendum."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from inspection.aws import NOT_EMULATED, Aws, pages
from inspection.evidence.proofs import RecordedResult
from inspection.evidence.report import Provenance

ARTIFACT_REGION: Final = "us-east-1"
"""Region of AWS Artifact's endpoint (AWS General Reference, "AWS Artifact endpoints")."""


@dataclass(kw_only=True, slots=True)
class LiveResults:
    """What was read, and what could not be."""

    results: list[RecordedResult] = field(default_factory=list[RecordedResult])
    not_read: list[str] = field(default_factory=list[str])


def read_live(aws: Aws, provenance: Provenance, now: datetime) -> LiveResults:
    """Reads the compliance of every Config rule in every account and region, and the agreements of AWS Artifact.

    Args:
        aws: read access to the accounts.
        provenance: accounts and regions, and who reads.
        now: the present time, UTC.
    """
    live = LiveResults()
    compliance = list(_compliance(aws, provenance, live.not_read))
    if compliance:
        document = {"ComplianceByConfigRules": compliance}
        live.results.append(_result("config", document, provenance, now, provenance.regions))
    try:
        client = aws.client("artifact", region=ARTIFACT_REGION)
        agreements = [_plain(item) for item in pages(client, "list_customer_agreements", "customerAgreements")]
        document = {"customerAgreements": agreements}
        live.results.append(_result("baa", document, provenance, now, [ARTIFACT_REGION]))
    except (ClientError, BotoCoreError) as error:
        live.not_read.append(f"agreements of AWS Artifact: {_short(error)}")
    return live


def _compliance(aws: Aws, provenance: Provenance, not_read: list[str]) -> Iterator[dict[str, Any]]:
    for name, account in provenance.accounts.items():
        for region in provenance.regions:
            try:
                client = aws.client("config", account=account, region=region)
                rules = list(pages(client, "describe_compliance_by_config_rule", "ComplianceByConfigRules"))
            except (ClientError, BotoCoreError) as error:
                not_read.append(f"Config compliance in {name} {region}: {_short(error)}")
                if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in NOT_EMULATED:
                    not_read[-1] = f"Config compliance: {_short(error)}"
                    return
                continue
            for rule in rules:
                yield {**rule, "Account": account, "Region": region}


def _result(
    kind: str, document: dict[str, Any], provenance: Provenance, now: datetime, regions: Sequence[str]
) -> RecordedResult:
    return RecordedResult(
        kind=kind,
        date=now.isoformat(timespec="seconds"),
        by=provenance.by,
        commit=provenance.commit,
        accounts=list(provenance.accounts.values()),
        regions=list(regions),
        source=provenance.origin.source,
        emulated=provenance.origin.emulated,
        document=document,
    )


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in item.items()}


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
