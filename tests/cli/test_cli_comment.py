"""The comment on a pull request says in a few lines what changes and what blocks, and nothing in it comes alive."""

import io
from typing import Any

from rich.console import Console

from cli.display import show_remediations
from cli.report import comment
from cli.run_output import run_document
from rehearsal.engine import Remediated, StackResult, Violation

UNDECIDED = "can't run policy 'q' during preview: a value is unknown"


def stack(name: str, *, violations: list[dict[str, str]] | None = None, error: str | None = None, **counts: int) -> Any:
    operations = {"create": 0, "update": 0, "replace": 0, "delete": 0, "same": 0, **counts}
    return {
        "name": name,
        "operations": operations,
        "violations": violations or [],
        "emulated": 1,
        "recorded": 0,
        "seconds": 1.0,
        "error": error,
    }


def violation(message: str, level: str = "mandatory") -> dict[str, str]:
    urn = "urn:pulumi:audit::hipaa-ml::aws:s3/bucket:Bucket::records"
    return {"policy": "s3-bucket-versioning", "urn": urn, "level": level, "message": message}


def test_passing_change_lists_one_line_per_changed_stack() -> None:
    text = comment({"ok": True, "stacks": [stack("organization", create=3), stack("audit", same=40)]})
    assert "This change can be deployed." in text
    assert "| `organization` | 3 | 0 | 0 | 0 | 0 |  |" in text
    assert "`audit`" not in text
    assert "1 stacks do not change." in text


def test_a_violation_names_policy_resource_and_remedy() -> None:
    document = {"ok": False, "stacks": [stack("audit", create=1, violations=[violation("no versions. Remedy: add")])]}
    text = comment(document)
    assert "**This change is blocked.**" in text
    assert "**s3-bucket-versioning** on `records`: no versions. Remedy: add" in text


def test_comment_lists_remediations() -> None:
    change = {"policy": "s3-bucket-tls", "urn": violation("")["urn"], "description": "Adds a TLS statement."}
    document = {"ok": True, "stacks": [{**stack("audit", create=1), "remediations": [change]}]}
    assert "- `audit`: **s3-bucket-tls** changed `records`: Adds a TLS statement." in comment(document)


def test_run_document_and_text_contain_each_remediation_once() -> None:
    change = Remediated(stack="audit", policy="s3-bucket-tls", pack="p", urn="urn::records", description="Adds TLS.")
    waiting = Violation(
        stack="audit", policy="q", pack="p", urn="u", level="advisory", description="", message=UNDECIDED
    )
    result = StackResult(
        name="audit", operation="up", ok=True, operations={}, remediations=(change, change), violations=(waiting,)
    )
    written = run_document([result], {})["stacks"][0]
    assert written["remediations"] == [{"policy": "s3-bucket-tls", "urn": "urn::records", "description": "Adds TLS."}]
    assert [finding["policy"] for finding in written["undecided"]] == ["q"]
    console = Console(file=io.StringIO(), width=100)
    show_remediations(console, [result])
    assert console.file.getvalue().count("remediated: s3-bucket-tls  audit: records") == 1  # type: ignore[attr-defined]


def test_an_advisory_blocks_nothing_and_is_not_listed() -> None:
    document = {"ok": True, "stacks": [stack("audit", create=1, violations=[violation("hm", level="advisory")])]}
    assert "s3-bucket-versioning" not in comment(document)


def test_an_error_of_a_stack_is_said() -> None:
    assert "the program raised" in comment({"ok": False, "stacks": [stack("audit", error="the program raised")]})


def test_program_text_cannot_become_markup_or_mentions() -> None:
    hostile = "x\n\n# heading <script>alert(1)</script> [link](http://x) | @everyone `code`"
    text = comment({"ok": False, "stacks": [stack("audit", error=hostile)]})
    assert "<script>" not in text
    assert "[link](" not in text
    assert "@everyone" not in text
    assert "\n# heading" not in text
