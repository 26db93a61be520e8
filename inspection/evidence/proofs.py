"""Results of other proofs (audit, reach, attack, drills, Config, BAA, access reviews), recorded as files.

`zone evidence record` writes one file per result: the JSON document that the command printed, with its date, accounts,
regions, commit, and who ran it. The evidence attaches the newest result of each kind and says which kinds are missing
or older than their stated age.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, cast

State = Literal["passed", "failed", "stale", "undecided", "missing"]
"""`stale`: older than its kind allows. `undecided`: the document does not say whether the proof passed."""
ADDENDUM: Final = "business associate addendum"
"""Part of the name of AWS's HIPAA agreements (AWS Artifact User Guide, "Managing agreements")."""


class ResultError(Exception):
    """A file that is no recorded result; the message names the file, the key and what is allowed."""

    exit_code = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """A kind of result."""

    kind: str
    title: str
    command: str
    """How the document is obtained."""
    maximum_days: int
    """Age in days after which a result is stale."""
    paragraphs: Sequence[str]
    """Paragraphs of the Security Rule that the result belongs to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedResult:
    """A result with its circumstances: the content of a file in the folder of results."""

    kind: str
    date: str
    """ISO 8601 with offset."""
    by: str
    commit: str
    accounts: Sequence[str]
    regions: Sequence[str]
    source: str
    """`rehearsal`, `aws` or `export`."""
    emulated: bool
    document: Any
    """The JSON document of the command."""

    @property
    def moment(self) -> datetime:
        """The date."""
        return datetime.fromisoformat(self.date)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofState:
    """The newest result of a kind, or that there is none."""

    kind: str
    title: str
    state: State
    detail: str
    paragraphs: Sequence[str]
    file: str = ""
    """Path below the folder of the evidence."""
    date: str = ""
    by: str = ""
    commit: str = ""
    accounts: Sequence[str] = ()
    regions: Sequence[str] = ()
    source: str = ""
    emulated: bool = False


@cache
def proofs() -> Mapping[str, Proof]:
    """Kind -> kind of result, from `proofs.csv`."""
    with Path(__file__).with_name("proofs.csv").open(encoding="utf-8", newline="") as text:
        return {
            row["kind"]: Proof(
                kind=row["kind"],
                title=row["title"],
                command=row["command"],
                maximum_days=int(row["maximum_days"]),
                paragraphs=row["paragraphs"].split(),
            )
            for row in csv.DictReader(text)
        }


def written(result: RecordedResult) -> str:
    """The content of the file of a result."""
    return json.dumps(asdict(result), indent=1) + "\n"


def file_name(result: RecordedResult) -> str:
    """Name of the file of a result: kind and UTC time."""
    return f"{result.kind}-{result.moment.astimezone(UTC):%Y%m%dT%H%M%SZ}.json"


def read_results(folder: Path) -> Mapping[str, RecordedResult]:
    """The newest result of each kind in a folder.

    Raises:
        ResultError: a JSON file in the folder is no recorded result.
        OSError: the folder cannot be read.
    """
    newest: dict[str, RecordedResult] = {}
    if not folder.is_dir():
        raise ResultError(f"--results {folder}: no such folder")
    for file in sorted(folder.glob("*.json")):
        result = _read(file)
        if result.kind not in newest or newest[result.kind].moment < result.moment:
            newest[result.kind] = result
    return newest


def _read(file: Path) -> RecordedResult:
    how = "write it with `zone evidence record KIND FILE`"
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ResultError(f"{file} is no JSON: {error}") from None
    keys = RecordedResult.__dataclass_fields__.keys()
    if not isinstance(content, dict) or set(cast("dict[str, Any]", content)) != set(keys):
        raise ResultError(f"{file} is no recorded result: keys are {', '.join(keys)}; {how}")
    result = RecordedResult(**cast("dict[str, Any]", content))
    if result.kind not in proofs():
        raise ResultError(f"{file}: kind is {result.kind!r}; allowed: {', '.join(proofs())}")
    lists = (result.accounts, result.regions)
    if not all(isinstance(item, list) for item in lists) or not isinstance(result.emulated, bool):
        raise ResultError(f"{file}: accounts and regions are lists, emulated is true or false; {how}")
    try:
        aware = result.moment.tzinfo is not None
    except (TypeError, ValueError):
        aware = False
    if not aware:
        raise ResultError(f"{file}: date is {result.date!r}; allowed: ISO 8601 with offset; {how}")
    return result


def states(results: Mapping[str, RecordedResult], now: datetime, *, emulated: bool) -> Sequence[ProofState]:
    """The state of every kind of result.

    Args:
        results: kind -> newest result.
        now: the present time.
        emulated: whether the evidence is of an emulated zone; a result of the other sort of zone proves nothing.
    """
    return [_state(proof, results.get(kind), now, emulated=emulated) for kind, proof in proofs().items()]


def _state(proof: Proof, result: RecordedResult | None, now: datetime, *, emulated: bool) -> ProofState:
    if result is None:
        return ProofState(
            kind=proof.kind,
            title=proof.title,
            state="missing",
            detail=f"no result in the folder of results; source: {proof.command}",
            paragraphs=proof.paragraphs,
        )
    state, detail = _decided(proof, result, now, emulated=emulated)
    return ProofState(
        kind=proof.kind,
        title=proof.title,
        state=state,
        detail=detail,
        paragraphs=proof.paragraphs,
        file=f"results/{file_name(result)}",
        date=result.date,
        by=result.by,
        commit=result.commit,
        accounts=result.accounts,
        regions=result.regions,
        source=result.source,
        emulated=result.emulated,
    )


def _decided(proof: Proof, result: RecordedResult, now: datetime, *, emulated: bool) -> tuple[State, str]:
    passed, detail = verdict(result.kind, result.document)
    if result.emulated != emulated:
        zones = ("an emulated zone", "the zone in AWS")
        return "undecided", f"the result is of {zones[not result.emulated]}, the evidence of {zones[not emulated]}"
    age = now - result.moment
    if age < -timedelta(hours=1):
        return "undecided", f"the result is dated {result.date}, after this report"
    # A failure counts at any age; a success that is too old proves nothing about today.
    if passed is False:
        return "failed", detail
    if age > timedelta(days=proof.maximum_days):
        return "stale", f"{age.days} days old; allowed: {proof.maximum_days}. {detail}"
    return ("undecided" if passed is None else "passed"), detail


def verdict(kind: str, document: Any) -> tuple[bool | None, str]:
    """Whether a document says that its proof passed; None if it does not say.

    Args:
        kind: kind of result.
        document: JSON document that the command printed.

    Returns:
        The verdict, and a sentence.
    """
    readers = {"config": _config, "drill": _drill, "baa": _agreements}
    tree = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    try:
        return readers.get(kind, _with_ok)(tree)
    except (KeyError, TypeError, AttributeError):
        return None, "the document has another form than its command writes"


def _with_ok(document: Mapping[str, Any]) -> tuple[bool | None, str]:
    if not isinstance(document.get("ok"), bool):
        return None, "the document has no `ok` that is true or false"
    return document["ok"], "as declared" if document["ok"] else "the document reports differences"


def _config(document: Mapping[str, Any]) -> tuple[bool | None, str]:
    kinds = [str(rule["Compliance"]["ComplianceType"]) for rule in document["ComplianceByConfigRules"]]
    failing, compliant = kinds.count("NON_COMPLIANT"), kinds.count("COMPLIANT")
    text = f"{compliant} rules compliant, {failing} non-compliant, {len(kinds) - failing - compliant} without a verdict"
    return (False if failing else True if compliant else None), text


def _drill(document: Mapping[str, Any]) -> tuple[bool | None, str]:
    met = [bool((drill["verdict"] or {}).get("met")) for drill in document["drills"]]
    return (all(met) if met else None), f"{sum(met)} of {len(met)} drills met their objectives"


def _agreements(document: Mapping[str, Any]) -> tuple[bool | None, str]:
    agreements = [item for item in document["customerAgreements"] if ADDENDUM in str(item.get("name", "")).lower()]
    active = [item for item in agreements if item.get("state") == "ACTIVE"]
    names = ", ".join(f"{item['name']} since {str(item.get('effectiveStart', '?'))[:10]}" for item in active)
    return bool(active), names or "no business associate addendum is active"
