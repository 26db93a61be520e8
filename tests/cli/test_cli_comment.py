"""The comment on a pull request names every planted risk first, says when it is incomplete, and fits in GitHub."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console
from typer.testing import CliRunner

from cli.affected import affected_stacks
from cli.change.comment import change_comment
from cli.change.markdown import COMMENT_LIMIT, LEFT_OUT, Part, code, fenced, inert, within_limit
from cli.change.risks import Comparison, compare
from cli.display import show_remediations
from cli.main import app
from cli.run_output import run_document
from inspection.comparison.facts import Facts, NetworkFacts, to_document
from rehearsal.engine import Remediated, StackResult, Violation
from tests.cli.change_documents import (
    DENY,
    HTTPS,
    WEAK,
    change,
    document,
    facts,
    property_change,
    run,
    stack,
    statement,
    violation,
)

UNDECIDED = "can't run policy 'q' during preview: a value is unknown"
SAME = compare(facts(), facts())
BUCKET, POLICY = "aws:s3/bucket:Bucket", "aws:iam/rolePolicy:RolePolicy"


def html(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


def risks_of(text: str) -> str:
    """The section on risks; empty if there is none."""
    return text.partition("### Risks")[2].partition("\n### ")[0]


def test_harmless_change_can_be_deployed_and_has_no_risk() -> None:
    text = change_comment(run(stack("organization", change("create", BUCKET, "b")), stack("audit")), SAME)
    assert "✅ **This change can be deployed.** 1 create in 1 stack. No risks were found." in text
    assert "| `organization` | 1 |" in text
    assert "`audit`" not in text
    assert "1 stack without a change." in text
    assert "### Incomplete" not in text
    assert "Network: no connection opens or closes (deployed network)." in text


@pytest.mark.parametrize("op", ["replace", "delete"])
def test_replaced_or_deleted_phi_bucket_is_the_first_risk(op: str) -> None:
    reason = property_change("bucket", "a", "b", "update-replace")
    bucket = change(op, BUCKET, "buckets-us-east-1-raw-phi", reason)
    lost = run(stack("data-prod", change("update", POLICY, "p"), bucket))
    first = risks_of(change_comment(lost, compare(facts(), facts(WEAK)))).strip().splitlines()[0]
    assert first.startswith(f"- 🔴 **{op}**: `data-prod` {op}s `buckets-us-east-1-raw-phi`")
    assert "objects. Because of `bucket`." in first


def test_weakened_guardrail_is_a_risk_with_the_accounts_and_the_lost_statement() -> None:
    risks = risks_of(change_comment(run(stack("organization")), compare(facts(), facts(WEAK))))
    assert "**guardrail weakened**: `ec2:AllocateAddress`" in risks
    assert "is no longer denied in ml-prod, ml-dev," in risks
    assert "N8" in risks
    assert "sandbox" not in risks


def test_tightened_guardrail_is_no_risk_but_is_told() -> None:
    text = change_comment(run(stack("organization")), compare(facts(WEAK), facts()))
    assert not risks_of(text)
    assert "Guardrails: 1 request newly denied" in text


def test_account_that_moves_to_an_unguarded_unit_weakens_its_guardrails() -> None:
    moved = facts()
    assert moved.guardrails is not None
    accounts = {**moved.guardrails.accounts, "ml-prod": ("000000000001", "Sandbox")}
    after = replace(moved, guardrails=replace(moved.guardrails, accounts=accounts))
    assert "is no longer denied in ml-prod," in risks_of(change_comment(run(), compare(facts(), after)))


def test_opened_path_is_a_risk_and_closed_one_is_told() -> None:
    opened = {("ml-dev/training", "ml-dev/data"): HTTPS, ("ml-dev/data", "ml-dev/training"): ((22, 22),)}
    before, after = facts(), facts(pairs=opened)
    assert "**path opened**: `ml-dev/data` → `ml-dev/training`: tcp/22" in risks_of(
        change_comment(run(), compare(before, after))
    )
    back = change_comment(run(), compare(after, before))
    assert not risks_of(back)
    assert "1 connection closed" in back


def test_path_to_a_new_place_and_a_new_difference_are_risks() -> None:
    opened = {("ml-dev/training", "ml-dev/data"): HTTPS, ("ml-new/training", "ml-dev/data"): HTTPS}
    risks = risks_of(change_comment(run(), compare(facts(), facts(pairs=opened, differences=("leak: a → b",)))))
    assert "**new place**: `ml-new/training` → `ml-dev/data`" in risks
    assert "**not declared**: leak: a → b" in risks


@pytest.mark.parametrize(("cost", "risk"), [(150.0, False), (350.0, True), (50.0, False)])
def test_cost_before_and_after_is_shown_and_a_rise_is_a_risk(cost: float, risk: bool) -> None:
    text = change_comment(run(), compare(facts(), facts(cost=cost)))
    assert f"Cost: 100.00 → {cost:.2f} USD a month" in text
    assert ("**cost**" in risks_of(text)) is risk


def test_ended_trail_and_log_group_are_risks_and_a_deleted_route_is_none() -> None:
    text = change_comment(
        run(
            stack(
                "audit",
                change("delete", "aws:cloudtrail/trail:Trail", "trail"),
                change("delete", "aws:ec2/flowLog:FlowLog", "flows"),
                change("delete", "aws:ec2/route:Route", "route"),
            )
        ),
        SAME,
    )
    assert "2 risks" in text
    assert "it is or holds the audit trail" in risks_of(text)
    assert "flow logs" in risks_of(text)


READ, WIDE = statement("Read", "Allow", "s3:GetObject"), statement("Read", "Allow", "s3:GetObject", "s3:PutObject")
GUARD = statement("Guard", "Deny", "s3:DeleteObject")


@pytest.mark.parametrize(
    ("before", "after", "risk"),
    [
        (document(READ), document(WIDE), True),
        (document(WIDE), document(READ), False),
        (document(READ, GUARD), document(READ), True),
        (document(READ), document(READ, GUARD), False),
        (document(READ, GUARD), document(GUARD, READ), False),
        (document(GUARD), document({**GUARD, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}), True),
        (document(READ), document({**READ, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}), True),
    ],
)
def test_policy_that_may_allow_more_is_a_risk(before: str, after: str, risk: bool) -> None:
    changed = run(stack("ml-prod", change("update", POLICY, "rights", property_change("policy", before, after))))
    assert ("**a policy may allow more**: `ml-prod` `rights`" in risks_of(change_comment(changed, SAME))) is risk


def test_policies_are_compared_statement_by_statement() -> None:
    before, after = document(READ, GUARD), document(GUARD, WIDE, statement("New", "Deny", "s3:PutBucketPolicy"))
    text = change_comment(
        run(stack("ml-prod", change("update", POLICY, "rights", property_change("policy", before, after)))), SAME
    )
    assert "1 added, 1 changed" in text
    assert "**changed** `Read` (Allow)" in text
    assert '+ Read.Action[s3:PutObject]: "s3:PutObject"' in text
    assert "**added** `New` (Deny)" in text
    assert "`Guard`" not in text


def test_statement_that_moves_between_documents_is_named_as_moved() -> None:
    text = change_comment(
        run(
            stack(
                "organization",
                change("update", POLICY, "first", property_change("policy", document(READ, GUARD), document(READ))),
                change("update", POLICY, "second", property_change("policy", document(READ), document(READ, GUARD))),
            )
        ),
        SAME,
    )
    assert "**removed** `Guard` (Deny), moved to `second`" in text
    assert "**added** `Guard` (Deny), moved from `first`" in text


def test_violations_of_all_stacks_are_grouped_by_policy_with_one_remedy() -> None:
    text = change_comment(
        run(
            stack("audit", violations=[violation("Versions: records has none. Remedy: add them")]),
            stack("data", violations=[violation("Versions: logs has none. Remedy: add them", name="logs")]),
            ok=False,
        ),
        SAME,
    )
    assert "🚫 **This change is blocked.**" in text
    assert "**`s3-bucket-versioning`** (2 resources): Versions" in text
    assert "- `data`: `logs`: logs has none." in text
    assert text.count("Remedy: add them") == 1


def test_stacks_that_were_not_previewed_block_and_are_named() -> None:
    text = change_comment({**run(stack("audit"), ok=False), "not_started": ["security"]}, SAME)
    assert "❓ **The comparison is incomplete.**" in text
    assert "not previewed, since a stack that they need was refused: `security`" in text


def test_facts_that_are_missing_make_the_comment_incomplete() -> None:
    nothing = Facts(guardrails=None, network=None, cost=None, problems=["network: no VPC"])
    text = change_comment(run(stack("audit")), compare(nothing, facts()))
    assert "### Incomplete" in text
    assert "not compared: guardrails, reachable connections, cost" in text
    assert "base: network: no VPC" in text
    declared = facts(network=NetworkFacts(source="declared", pairs={}))
    assert "not comparable" in change_comment(run(stack("audit")), compare(facts(), declared))


def test_comment_lists_remediations_and_an_advisory_blocks_nothing() -> None:
    changed = {"policy": "s3-bucket-tls", "urn": violation("")["urn"], "description": "Adds a TLS statement."}
    text = change_comment(
        run(stack("audit", remediations=[changed], violations=[violation("hm", level="advisory")])), SAME
    )
    assert "**`s3-bucket-tls`**: Adds a TLS statement.<br>`audit`: `records`" in text
    assert "can be deployed" in text
    assert "### Violations" not in text
    assert "Advisory policies: 1 finding, which block nothing" in text


def test_run_document_and_text_contain_each_remediation_once() -> None:
    item = Remediated(stack="audit", policy="s3-bucket-tls", pack="p", urn="urn::records", description="Adds TLS.")
    waiting = Violation(
        stack="audit", policy="q", pack="p", urn="u", level="advisory", description="", message=UNDECIDED
    )
    result = StackResult(
        name="audit", operation="up", ok=True, operations={}, remediations=(item, item), violations=(waiting,)
    )
    whole = run_document([result], {}, ["audit", "security"])
    assert whole["not_started"] == ["security"]
    written = whole["stacks"][0]
    assert written["remediations"] == [{"policy": "s3-bucket-tls", "urn": "urn::records", "description": "Adds TLS."}]
    assert [finding["policy"] for finding in written["undecided"]] == ["q"]
    console = Console(file=io.StringIO(), width=100)
    show_remediations(console, [result])
    assert console.file.getvalue().count("remediated: s3-bucket-tls  audit: records") == 1  # type: ignore[attr-defined]


HOSTILE = "x\n\n# heading <script>alert(1)</script> [link](http://x) | @everyone `code` ![i](http://x) </details> ~~~"


def test_program_text_cannot_become_markup_or_mentions() -> None:
    text = change_comment(
        run(
            stack(
                "audit",
                change("replace", BUCKET, HOSTILE, property_change(HOSTILE, "a", f"```\n{HOSTILE}", "update-replace")),
                error=HOSTILE,
                violations=[violation(f"{HOSTILE} Remedy: {HOSTILE}")],
            ),
            ok=False,
        ),
        compare(facts(), facts(differences=(HOSTILE,))),
    )
    rendered = html(text)
    assert "<script>" not in rendered
    assert "<a " not in rendered
    assert "<img" not in rendered
    assert "<h1>" not in rendered
    assert rendered.count("<details>") == rendered.count("</details>")


@given(text=st.text(max_size=60))
def test_any_text_stays_text(text: str) -> None:
    rendered = html(f"- {inert(text)} end\n- {code(text)}\n\n{fenced([text])}\n\nafter")
    assert rendered.rstrip().endswith("<p>after</p>")
    assert rendered.count("<li>") == 2
    assert "<a href" not in rendered
    assert "@" not in inert(text)


@settings(max_examples=30, deadline=None)
@given(count=st.integers(0, 3000), limit=st.integers(400, COMMENT_LIMIT))
def test_comment_never_exceeds_the_limit(count: int, limit: int) -> None:
    updates = [change("update", POLICY, f"p{index}", property_change("x", "a" * 50, "b")) for index in range(count)]
    text = change_comment(run(stack("audit", *updates)), SAME, limit=limit)
    assert len(text) <= limit
    assert text.startswith("<!-- zone: change -->")


def test_risks_are_kept_when_details_do_not_fit() -> None:
    updates = [change("update", POLICY, f"p{index}", property_change("x", "a" * 90, "b")) for index in range(250)]
    stacks = [stack(f"ml-{name}", *updates) for name in range(20)]
    lost = stack("data-prod", change("delete", BUCKET, "raw-phi"))
    text = change_comment(run(*stacks, lost), SAME)
    assert len(text) <= COMMENT_LIMIT
    assert "`data-prod` deletes `raw-phi`" in text
    assert "Resources of <code>ml-0</code>: 250 changes" in text
    assert LEFT_OUT in text
    assert html(text).count("<details>") == html(text).count("</details>")


def test_long_parts_have_their_short_form_and_later_parts_keep_their_text() -> None:
    parts = [Part(text="a" * 40), Part(text="b" * 400, short="b"), Part(text="c" * 40)]
    assert within_limit(parts, 500) == f"{'a' * 40}\n\n{'b' * 400}\n\n{'c' * 40}\n"
    assert within_limit(parts, 400) == f"{'a' * 40}\n\nb\n\n{'c' * 40}\n\n{LEFT_OUT}\n"


def test_command_reads_files_and_names_mistakes(tmp_path: Path) -> None:
    preview, base, head, broken = (tmp_path / f"{name}.json" for name in ("preview", "base", "head", "broken"))
    preview.write_text(json.dumps(run(stack("audit"))), encoding="utf-8")
    base.write_text(json.dumps(to_document(facts())), encoding="utf-8")
    head.write_text(json.dumps(to_document(facts(WEAK))), encoding="utf-8")
    broken.write_text('{"version": 99}', encoding="utf-8")
    shown = CliRunner().invoke(
        app,
        ["comment", str(preview), "--before", str(base), "--after", str(head), "--link", "Network=https://x.test/n"],
    )
    assert shown.exit_code == 0, shown.output
    assert "guardrail weakened" in shown.output
    assert "[Network](https://x.test/n)" in shown.output
    for words, message in (
        ([str(preview), "--before", str(base)], "Give both --before and --after"),
        ([str(preview), "--before", str(broken), "--after", str(head)], "of version 99; allowed: 1"),
        ([str(base)], "the key `stacks` is missing"),
        ([str(tmp_path / "none.json")], "No such file"),
        ([str(preview), "--link", "javascript:x"], "is not TEXT=URL"),
    ):
        refused = CliRunner().invoke(app, ["comment", *words])
        assert refused.exit_code != 0
        assert message in str(refused.exception)
    base.write_text("", encoding="utf-8")
    shown = CliRunner().invoke(app, ["comment", str(preview), "--before", str(base), "--after", str(head)])
    assert "`zone facts` did not run there" in shown.output.replace("\\", "")


GRAPH = {
    "organization": (),
    "audit": ("organization",),
    "data-prod": ("audit",),
    "ml-prod": ("data-prod",),
    "ml-dev": ("audit",),
}


@pytest.mark.parametrize(
    ("stacks", "changed", "expected"),
    [
        ([stack(name) for name in GRAPH], [], []),
        ([*(stack(name) for name in GRAPH if name != "data-prod"), stack("data-prod", change("update", BUCKET, "b"))],
         [], ["data-prod", "ml-prod"]),
        ([stack(name) for name in GRAPH if name != "ml-dev"], [], ["ml-dev"]),
        ([*(stack(name) for name in GRAPH if name != "ml-dev"), stack("ml-dev", violations=[violation("x")])],
         [], ["ml-dev"]),
        ([stack(name) for name in GRAPH], ["requirements.lock"], list(GRAPH)),
        ([stack(name) for name in GRAPH], ["docs/index.md"], []),
    ],
)  # fmt: skip
def test_affected_stacks_are_changed_ones_and_those_that_need_them(
    stacks: list[Any], changed: list[str], expected: list[str]
) -> None:
    assert affected_stacks(GRAPH, run(*stacks), changed) == expected


def test_comparison_of_equal_commits_is_empty() -> None:
    same = compare(facts(DENY), facts(DENY))
    assert isinstance(same, Comparison)
    assert same.guardrails is not None
    assert not same.guardrails.weakened
    assert not same.guardrails.tightened
    assert not same.cost_items
