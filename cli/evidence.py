"""`zone evidence`: the HIPAA evidence as HTML, JSON, CSV and OSCAL, with a manifest that can be signed and verified."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.text import Text

from cli.deployed_stacks import own_session_emulated, read_deployed
from cli.errors import UsageError, console
from cli.evidence_files import RESULTS, EvidenceOptions, write_evidence
from cli.options import Exports, ReadingRole, StatesFromAws
from cli.own_aws import OwnAws
from cli.provenance import author, commit
from cli.rehearsed_aws import rehearsed_aws
from cli.workspace import Workspace
from inspection.aws import Aws
from inspection.evidence.manifest import changes, read_manifest
from inspection.evidence.proofs import RecordedResult, file_name, proofs, verdict, written
from inspection.evidence.report import Evidence
from inspection.evidence.signature import read_signature, sign_manifest, signature_problems
from rehearsal.cloud import Cloud
from zone.settings import Settings

app = typer.Typer(
    rich_markup_mode=None,
    invoke_without_command=True,
    help="Write the HIPAA evidence of deployed stacks, record results of other proofs, and verify a written folder.",
)
By = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Who runs the command; by default the AWS principal or git's author."),
]


@app.callback()
def evidence(
    context: typer.Context,
    folder: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder for the report in four formats, results and manifest."),
    ] = Path("evidence"),
    exports: Exports = None,
    aws: StatesFromAws = False,
    results: Annotated[
        Path | None,
        typer.Option("--results", metavar="DIR", help="Folder of results that `zone evidence record` wrote."),
    ] = None,
    sign: Annotated[
        str | None,
        typer.Option("--sign", metavar="KEY", help="KMS key (ARN, id or alias) that signs the manifest."),
    ] = None,
    by: By = None,
    role: ReadingRole = None,
) -> None:
    """Write the HIPAA evidence: for each paragraph the controls, and the verdict on each deployed resource.

    Reads the rehearsal's state, or stack exports, or the zone in AWS. Every policy of the pack is run on every deployed
    resource. Pages and files of an emulated zone are marked EMULATED. Files in DIR/attachments/PARAGRAPH/ are listed
    under their paragraph and in the manifest.

    Exit code 0 when no resource and no attached result fails, 1 when one does, 2 for bad input.
    """
    if context.invoked_subcommand is not None:
        return
    workspace = Workspace.find()
    settings = workspace.settings()
    deployed = read_deployed(workspace, exports=exports or (), aws=aws, role=role)
    reader = _reader(workspace, settings, exports=bool(exports), aws=aws, role=role)
    options = EvidenceOptions(by=by, results=results, aws=reader if deployed.stacks else None)
    report = write_evidence(workspace, deployed, folder, options)
    if sign is not None:
        _sign(folder, sign, reader, settings, role)
    _show(report, folder)
    if not report.ok:
        raise typer.Exit(1)


@app.command("record")
def record(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"Kind of result: {', '.join(proofs())}.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON document; - reads standard input.")],
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of results.")] = Path(RESULTS),
    aws: Annotated[
        bool,
        typer.Option("--aws", help="The result is of the zone in AWS: who ran it is read from your credentials."),
    ] = False,
    by: By = None,
) -> None:
    """Record the JSON result of another command with date, accounts, regions, commit, and who ran it.

    For example: zone attack --json | zone evidence record attack -
    """
    if kind not in proofs():
        raise UsageError(f"KIND is {kind!r}; allowed: {', '.join(proofs())}")
    workspace = Workspace.find()
    settings = workspace.settings()
    document = _document(file)
    accounts, who, emulated = _recorded_zone(workspace, settings, aws=aws)
    result = RecordedResult(
        kind=kind,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        by=by or who or author(workspace.root),
        commit=commit(workspace.root),
        accounts=accounts,
        regions=list(settings.regions.all),
        source="aws" if aws else "rehearsal",
        emulated=emulated,
        document=document,
    )
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / file_name(result)
    target.write_text(written(result), encoding="utf-8")
    passed, detail = verdict(kind, document)
    state = {True: "passed", False: "failed", None: "undecided"}[passed]
    console.print(f"{state}: {detail}\nwritten: {target}", soft_wrap=True, markup=False)


@app.command("verify")
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that `zone evidence` wrote.")],
    key: Annotated[
        str | None,
        typer.Option(
            "--key", metavar="FILE|ARN", help="Public key (DER) that must have signed, or a KMS key to ask for it."
        ),
    ] = None,
    signed: Annotated[bool, typer.Option("--signed", help="Fail if the manifest is not signed.")] = False,
) -> None:
    """Check digests and signature of a written folder: name every file that changed, is missing or was added.

    Without --key the signature is checked with the public key beside it: compare the printed fingerprint with your own
    record of the key. Exit code 0 when everything holds, 1 otherwise.
    """
    manifest = read_manifest(folder)
    problems = changes(folder)
    signature = read_signature(folder)
    if signature is not None:
        problems += signature_problems(folder, signature, None if key is None else _public_key(key))
    elif signed or key is not None:
        problems.append("the manifest is not signed")
    for problem in problems:
        console.print(Text(problem, style="red"), soft_wrap=True)
    notice = f"{manifest['notice']} " if manifest.get("notice") else ""
    console.print(
        f"{notice}{len(manifest['files'])} files, written {manifest['written']} by {manifest['by']}",
        soft_wrap=True,
        markup=False,
    )
    if signature is not None:
        console.print(f"signed with {signature.key}, fingerprint {signature.fingerprint}", soft_wrap=True, markup=False)
    if problems:
        raise typer.Exit(1)
    console.print("every file is as it was written" + (", the signature holds" if signature else ", not signed"))


def _show(report: Evidence, folder: Path) -> None:
    if report.origin.emulated:
        console.print(Text(f"{report.origin.mark}: {'; '.join(report.origin.basis)}", style="yellow"), soft_wrap=True)
    for control, item in report.verdicts("fails"):
        text = f"✗ {control} {item.policy}: {item.stack}/{item.resource}: {item.detail}"
        console.print(Text(text, style="red"), soft_wrap=True)
    for proof in report.proofs:
        if proof.state != "passed":
            style = "red" if proof.state == "failed" else "yellow"
            console.print(Text(f"{proof.title}: {proof.state}: {proof.detail}", style=style), soft_wrap=True)
    for text in report.not_read:
        console.print(Text(f"not read: {text}", style="yellow"), soft_wrap=True)
    covered = sum(paragraph.covered for paragraph in report.paragraphs)
    console.print(f"{covered} of {len(report.paragraphs)} paragraphs have a deployed resource that passes a control")
    counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(report.counts.items()))
    console.print(f"verdicts: {counts or 'none, nothing is deployed'}")
    for entry in report.coverage:
        console.print(f"{entry.covered} of {entry.total} {entry.of}")
    console.print(f"{sum(item.in_force for item in report.exemptions)} exemptions in force")
    console.print(f"written: {folder}/evidence.html, .json, .csv, OSCAL and manifest.json", soft_wrap=True)


def _reader(workspace: Workspace, settings: Settings, *, exports: bool, aws: bool, role: str | None) -> Aws | None:
    """Read access for Config compliance and agreements: AWS, or the emulated AWS if it runs; none for exports."""
    if aws:
        return OwnAws(role=role or settings.account_access_role)
    if exports or Cloud.attach(workspace.state) is None:
        return None
    return rehearsed_aws(workspace, settings)


def _sign(folder: Path, key: str, reader: Aws | None, settings: Settings, role: str | None) -> None:
    aws = reader or OwnAws(role=role or settings.account_access_role)
    try:
        signature = sign_manifest(folder, _kms(aws, key, settings.regions.primary), key)
    except (ClientError, BotoCoreError) as error:
        raise UsageError(f"--sign {key}: KMS did not sign: {error}") from None
    console.print(f"signed with {signature.key}, fingerprint {signature.fingerprint}", soft_wrap=True, markup=False)


def _kms(aws: Aws, key: str, region: str) -> Any:
    """A KMS client in the account and region of a key's ARN; otherwise the caller's account and the primary region."""
    parts = key.split(":")
    if key.startswith("arn:") and len(parts) > 5:  # noqa: PLR2004 - fields of an ARN
        return aws.client("kms", account=parts[4], region=parts[3])
    return aws.client("kms", region=region)


def _public_key(key: str) -> bytes:
    file = Path(key)
    if file.is_file():
        return file.read_bytes()
    workspace = Workspace.find()
    settings = workspace.settings()
    aws = _reader(workspace, settings, exports=False, aws=False, role=None)
    aws = aws or OwnAws(role=settings.account_access_role)
    try:
        return bytes(_kms(aws, key, settings.regions.primary).get_public_key(KeyId=key)["PublicKey"])
    except (ClientError, BotoCoreError) as error:
        raise UsageError(f"--key {key} is neither a file nor a KMS key that can be read: {error}") from None


def _document(file: Path) -> Any:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        return json.loads(text)
    except ValueError as error:
        raise UsageError(f"{'Standard input' if str(file) == '-' else file} is no JSON document: {error}") from None


def _recorded_zone(workspace: Workspace, settings: Settings, *, aws: bool) -> tuple[list[str], str, bool]:
    """Account ids of the zone, the AWS principal, and whether the zone is emulated."""
    if aws:
        try:
            sts = OwnAws(role=settings.account_access_role).client("sts", region=settings.regions.primary)
            caller = str(sts.get_caller_identity()["Arn"])
        except (ClientError, BotoCoreError) as error:
            raise UsageError(f"--aws: the caller's identity could not be read: {error}") from None
        ids = [settings.management_account_id, *(account.id for account in settings.accounts.values())]
        return [number for number in ids if number], caller, own_session_emulated()
    store = workspace.store()
    created: dict[str, str] = {}
    if "organization" in store.stacks():
        created = store.outputs("organization").get("account_ids", {})
    return [settings.management_account_id, *created.values()], "", True
