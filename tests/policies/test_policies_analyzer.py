"""The pack runs as a program and decides through Pulumi's analyzer protocol."""

import json
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE as UNKNOWN

from tests.policies.examples import ALLOW_ONE, CASES, FORBIDDEN, Example, Forbidden

ROOT = Path(__file__).parents[2]


@contextmanager
def served(*words: str) -> Generator[Any]:
    """The analyzer of a pack that runs as a program of its own."""
    with subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            process.kill()


@pytest.fixture(scope="module")
def analyzer() -> Iterator[Any]:
    with served(str(ROOT / "policies"), "127.0.0.1:1") as stub:
        yield stub


def pack(configuration: str, folder: Path) -> str:
    """A program that serves the pack with a configuration of its own."""
    (folder / "configuration.yaml").write_text(configuration, encoding="utf-8")
    return (
        "import sys; from pathlib import Path; import policies.configuration as c; import policies.pack as p;"
        f"p.FILE = Path({str(folder / 'configuration.yaml')!r});"
        "import runpy; sys.argv = ['policies'];"
        f"runpy.run_path({str(ROOT / 'policies' / '__main__.py')!r}, run_name='__main__')"
    )


def struct(value: Any) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(value), struct_pb2.Struct())


def request(example: Example) -> dict[str, Any]:
    return {
        "type": example.type,
        "urn": example.urn,
        "name": example.name,
        "properties": struct(example.props),
        "options": analyzer_pb2.AnalyzerResourceOptions(protect=example.protect),
        "provider": analyzer_pb2.AnalyzerProviderResource(
            type="pulumi:providers:aws", name="aws", urn="urn:provider", properties=struct(example.provider)
        ),
    }


def violated_policies(analyzer: Any, examples: list[Example]) -> set[str]:
    mandatory: set[str] = set()
    resources = []
    owners = {example.name: example.urn for example in examples}
    for example in examples:
        answer = analyzer.Analyze(analyzer_pb2.AnalyzeRequest(**request(example)))
        mandatory |= {
            diagnostic.policyName
            for diagnostic in answer.diagnostics
            if diagnostic.enforcementLevel == analyzer_pb2.MANDATORY
        }
        resource = analyzer_pb2.AnalyzerResource(**request(example))
        refers = {example.by: example.of, **example.uses} if example.of else example.uses
        for name, owner in refers.items():
            resource.propertyDependencies[name].urns.append(owners[owner])
        resources.append(resource)
    answer = analyzer.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=resources))
    return mandatory | {
        diagnostic.policyName
        for diagnostic in answer.diagnostics
        if diagnostic.enforcementLevel == analyzer_pb2.MANDATORY
    }


def test_pack_modules_do_not_shadow_the_standard_library() -> None:
    """The CLI runs the pack with its folder on the path."""
    modules = {path.stem for path in (ROOT / "policies").glob("*.py")} - {"__init__", "__main__"}
    assert modules.isdisjoint(sys.stdlib_module_names)


def test_every_policy_is_mandatory_with_citation_and_remedy(analyzer: Any) -> None:
    information = analyzer.GetAnalyzerInfo(empty_pb2.Empty())
    assert len(information.policies) >= 20
    for policy in information.policies:
        assert policy.enforcementLevel == analyzer_pb2.MANDATORY
        assert policy.remediation_steps
        assert policy.framework.name == "HIPAA Security Rule"
        assert policy.framework.reference.startswith("164.")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.policy)
def test_each_policy_decides_its_examples(analyzer: Any, case: Any) -> None:
    assert case.policy not in violated_policies(analyzer, list(case.compliant))
    assert case.policy in violated_policies(analyzer, list(case.changes[0].apply(case.compliant)))


@pytest.mark.parametrize("forbidden", FORBIDDEN, ids=lambda forbidden: forbidden.policy)
def test_each_forbidden_type_is_reported(analyzer: Any, forbidden: Forbidden) -> None:
    assert forbidden.policy in violated_policies(analyzer, [forbidden.resource])


def test_invalid_configuration_stops_the_pack_with_a_message(tmp_path: Path) -> None:
    program = pack("levels: {no-such-policy: advisory}", tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=900, cwd=ROOT, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "no policy has this name" in done.stderr
    assert "Traceback" not in done.stderr


REMEDIATING = """
levels: {tags-required: remediate, s3-policy-tls-only: remediate}
parameters:
  default_tags: {environment: prod, owner: platform, data-classification: log}
"""


def test_remediation_repairs_tags_and_transport_only(tmp_path: Path) -> None:
    with served("-c", pack(REMEDIATING, tmp_path)) as stub:

        def remedied(kind: str, props: dict[str, Any]) -> list[dict[str, Any]]:
            request = analyzer_pb2.AnalyzeRequest(type=kind, urn="urn", name="one", properties=struct(props))
            return [
                json_format.MessageToDict(remediation.properties)
                for remediation in stub.Remediate(request).remediations
            ]

        [tagged] = remedied("aws:kms/key:Key", {"description": UNKNOWN, "tags": {"owner": "someone"}})
        assert tagged["tags"] == {"owner": "someone", "environment": "prod", "data-classification": "log"}
        assert tagged["description"] == UNKNOWN
        [closed] = remedied("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b", "policy": ALLOW_ONE})
        assert [statement["Effect"] for statement in json.loads(closed["policy"])["Statement"]] == ["Allow", "Deny"]
        assert remedied("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b", "policy": UNKNOWN}) == []
        assert remedied("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}) == []


BROKEN = """
import runpy
import sys
from dataclasses import replace
from pathlib import Path

import policies.pack as pack
from controls.rules.checks import OnResource, OnStack
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

DESCRIBED = pack.described()


def broken(name, check, *errors):
    control, rule = DESCRIBED[name]

    def raising(*_):
        raise errors[0]

    return replace(control, block=[replace(rule, check=check(types=rule.check.types, check=raising))])


pack.FILE = Path("absent.yaml")
pack.CONTROLS = {
    "resource": broken("log-group-key", OnResource, ZeroDivisionError("a defect of the rule")),
    "stack": broken("s3-bucket-versioning", OnStack, KeyError("a defect of the rule")),
    "unknown": broken("tags-required", OnResource, UnknownValueError(UNKNOWN_STRING_VALUE, ["tags"])),
}
program, sys.argv = sys.argv[1], ["policies"]
runpy.run_path(program, run_name="__main__")
"""


@pytest.mark.parametrize(
    ("policy", "type_token", "error"),
    [
        ("log-group-key", "aws:cloudwatch/logGroup:LogGroup", "ZeroDivisionError: a defect of the rule"),
        ("s3-bucket-versioning", "aws:s3/bucket:Bucket", "KeyError: 'a defect of the rule'"),
        ("tags-required", "aws:kms/key:Key", "UnknownValueError"),
    ],
)
def test_rule_that_raises_is_a_mandatory_violation(
    broken_analyzer: Any, policy: str, type_token: str, error: str
) -> None:
    """The engine receives a mandatory diagnostic, not an error of the pack or an advisory one."""
    example = Example(type=type_token, props={})
    answers = [
        broken_analyzer.Analyze(analyzer_pb2.AnalyzeRequest(**request(example))),
        broken_analyzer.AnalyzeStack(
            analyzer_pb2.AnalyzeStackRequest(resources=[analyzer_pb2.AnalyzerResource(**request(example))])
        ),
    ]
    [diagnostic] = [
        diagnostic for answer in answers for diagnostic in answer.diagnostics if diagnostic.policyName == policy
    ]
    assert diagnostic.enforcementLevel == analyzer_pb2.MANDATORY
    assert "the policy itself failed" in diagnostic.message
    assert error in diagnostic.message
    assert "counts as violated" in diagnostic.message


@pytest.fixture(scope="module")
def broken_analyzer() -> Iterator[Any]:
    """The analyzer of a pack whose rules raise an error."""
    with served("-c", BROKEN, str(ROOT / "policies" / "__main__.py")) as stub:
        yield stub
