"""The pipeline of a model: its state machine, its jobs, and the rights of each step."""

import copy
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pulumi
import pytest
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

from authorization import Policies, Policy, Principal, Request, evaluate
from components.ml.pipeline import ModelPipeline, ModelPipelineArgs
from components.ml.pipeline_definition import ACTIONS, definition
from components.ml.pipeline_jobs import SPARK_ENTRY_POINT, job
from components.ml.pipeline_plan import BY_NAME, EXTERNAL, NETWORKED, STEPS, PipelineNames, PipelinePlan
from components.ml.pipeline_rights import machine_rights, step_rights
from controls.ml.m7_instance_types.control import MAXIMUM_RUN_SECONDS
from tests.components.permissions_boundary import outside_boundary
from tests.recorder import ACCOUNT, Recording, record
from workloads.pipeline.definitions import MODELS
from workloads.pipeline.plan import ON_SPARK, SPARK

EAST = "us-east-1"
KEY = f"arn:aws:kms:{EAST}:{ACCOUNT}:key"
PURPOSES = ("artifacts", "deidentified", "features", "raw-phi")
PLAN = PipelinePlan(
    names=PipelineNames(prefix="hipaa-ml", environment="staging", model="readmission"),
    region=EAST,
    account_id=ACCOUNT,
    definition="readmission",
    team="cardiology",
    buckets={purpose: f"hipaa-ml-{purpose}" for purpose in PURPOSES},
    key_arns={purpose: f"{KEY}/{purpose}" for purpose in PURPOSES},
    raw_prefix="cardiology/encounters",
    secret_arn=f"arn:aws:secretsmanager:{EAST}:{ACCOUNT}:secret:pseudonyms",
    secret_key_arn=f"{KEY}/secrets",
    image=f"{ACCOUNT}.dkr.ecr.{EAST}.amazonaws.com/hipaa-ml/pipeline@sha256:" + "a" * 64,
    repository_arn=f"arn:aws:ecr:{EAST}:{ACCOUNT}:repository/hipaa-ml/pipeline",
    image_digest="sha256:" + "a" * 64,
    subnets=["subnet-1", "subnet-2"],
    security_groups=["sg-1"],
    volume_key_arn=f"{KEY}/pipeline",
    lock_table="hipaa-ml-staging-pipelines",
    package_group="hipaa-ml-readmission",
    writer_parameter="/hipaa-ml/recovery/staging/state/writer-region",
    instance_type="ml.m5.xlarge",
    volume_gigabytes=30,
    step_minutes=60,
    spot=False,
    macie_identifiers=["NAME", "USA_SOCIAL_SECURITY_NUMBER"],
    tracking_secret=f"arn:aws:secretsmanager:{EAST}:{ACCOUNT}:secret:hipaa-ml/mlflow/cardiology-??????",
    settings={"commit": "abcdef0", "registry": "sagemaker:hipaa-ml-readmission@hipaa-ml-artifacts/x"},
)
ROOT = Path(__file__).parents[2]
VALIDATOR = Path(__file__).with_name("asl_validator") / "node_modules" / "asl-validator" / "dist/bin/asl-validator.js"
VARIANTS = {
    "reference": PLAN,
    "spot": replace(PLAN, spot=True),
    "nothing stands by": replace(PLAN, writer_parameter=""),
    "without Macie": replace(PLAN, macie_identifiers=[]),
    "Spark": replace(PLAN, engine=SPARK, spark_instances=3),
}
ON_CLUSTER = VARIANTS["Spark"]


def states(plan: PipelinePlan = PLAN) -> Mapping[str, Any]:
    return definition(plan)["States"]


def jobs(plan: PipelinePlan = PLAN) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and state of every job."""
    for name, state in states(plan).items():
        if ".sync" in state.get("Resource", ""):
            yield name, state


def graph(document: Mapping[str, Any]) -> nx.DiGraph:
    edges: nx.DiGraph = nx.DiGraph()
    for name, state in document["States"].items():
        following = [state.get("Next"), state.get("Default")]
        following += [entry["Next"] for key in ("Choices", "Catch") for entry in state.get(key, ())]
        edges.add_edges_from((name, target) for target in following if target)
    return edges


def parse(document: Mapping[str, Any]) -> None:
    AmazonStateLanguageParser.parse(json.dumps(document))


def validate(document: Mapping[str, Any], folder: Path) -> str:
    """The output of asl-validator; empty for a valid document."""
    if shutil.which("node") is None or not VALIDATOR.exists():
        pytest.skip("asl-validator is not installed: run `make asl-validator`")
    file = folder / "definition.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    done = subprocess.run(
        ["node", str(VALIDATOR), "--json-path", str(file)], capture_output=True, text=True, check=False, timeout=600
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


class TestStateMachine:
    @pytest.mark.parametrize("plan", VARIANTS.values(), ids=list(VARIANTS))
    def test_definition_is_valid(self, plan: PipelinePlan, tmp_path: Path) -> None:
        document = definition(plan)
        parse(document)
        assert set(graph(document)) == set(document["States"]), "a state that does not exist, or that nothing leads to"
        assert nx.descendants(graph(document), document["StartAt"]) | {document["StartAt"]} == set(document["States"])
        assert not validate(document, tmp_path)

    def test_validator_finds_a_planted_fault(self, tmp_path: Path) -> None:
        document = copy.deepcopy(dict(definition(PLAN)))
        document["States"]["Lock"]["Next"] = "Nowhere"
        assert "Nowhere" in validate(document, tmp_path)

    def test_steps_run_in_the_order_of_the_plan(self) -> None:
        edges = graph(definition(PLAN))
        for earlier, later in pairwise(STEPS):
            assert nx.has_path(edges, earlier.title, later.title)
            assert later.title not in nx.ancestors(edges, earlier.title)

    def test_every_job_retries_with_backoff_times_out_and_is_caught(self) -> None:
        for name, state in jobs():
            assert state["TimeoutSeconds"] > PLAN.step_minutes * 60, name
            assert all(retry["BackoffRate"] > 1 and retry["MaxAttempts"] > 0 for retry in state["Retry"]), name
            assert [caught["ErrorEquals"] for caught in state["Catch"]] == [["States.ALL"]], name
            assert "States.TaskFailed" not in str(state["Retry"]), "a step that rejects data is not repeated"

    def test_every_run_that_holds_the_lock_releases_it(self) -> None:
        assert not leaks(definition(PLAN))

    def test_a_planted_leak_of_the_lock_is_found(self) -> None:
        document = copy.deepcopy(dict(definition(PLAN)))
        document["States"]["Keep the cause"]["Next"] = "Failed"
        assert leaks(document) == {"Failed"}

    def test_a_failed_run_names_step_reason_and_action(self) -> None:
        assert states()["Failed"]["CausePath"] == "$.cause.text"
        for name in ("Keep the reason", "Keep the cause"):
            text = states()[name]["Parameters"]["text.$"]
            assert text.startswith("States.Format('Step {} stopped. {} {}', $.stopped.step, ")
        for step in STEPS:
            result = states()[f"Stopped: {step.name}"]["Result"]
            assert result["step"] == step.name
            assert ACTIONS[step.name] in result["action"]
            assert "Nothing was registered" in result["action"]

    def test_results_of_jobs_stay_out_of_the_execution(self) -> None:
        for name, state in jobs():
            assert state["ResultPath"] is None, name

    def test_run_pauses_while_another_region_writes(self) -> None:
        [rule] = states()["Does this region write?"]["Choices"]
        assert (rule["StringEquals"], rule["Next"]) == (EAST, "Lock")
        assert states()["Does this region write?"]["Default"] == "Paused"
        assert states()["Paused"]["Type"] == "Fail"

    def test_unchanged_data_is_not_trained_again(self) -> None:
        assert graph(definition(PLAN)).has_edge("Is the data unchanged?", "Unlock")
        key = states()["Name the data version"]["Parameters"]["pk.$"]
        assert PLAN.image_digest in key

    def test_macie_classifies_the_selected_data_before_the_training(self) -> None:
        edges = graph(definition(PLAN))
        assert nx.has_path(edges, "Scan for PHI", "Start Macie")
        edges.remove_node("Did Macie find PHI?")
        assert not nx.has_path(edges, STEPS[0].title, "Train"), "no run trains before Macie answered"
        job = states()["Start Macie"]["Parameters"]
        [bucket] = job["S3JobDefinition"]["BucketDefinitions"]
        place = PLAN.output("select")
        assert bucket == {"AccountId": ACCOUNT, "Buckets": [place.bucket]}
        assert place.prefix in str(job["S3JobDefinition"]["Scoping"])
        assert job["ManagedDataIdentifierIds"] == PLAN.macie_identifiers

    def test_run_without_identifiers_does_without_macie(self) -> None:
        assert "acie" not in json.dumps(definition(VARIANTS["without Macie"]))
        assert "macie2" not in json.dumps(machine_rights(VARIANTS["without Macie"]))

    def test_macie_ends_every_way_in_a_message(self) -> None:
        edges = graph(definition(PLAN))
        for name in ("Macie is paused", "Macie was stopped", "Macie could not read", "Macie takes too long"):
            assert list(edges.successors(name)) == ["Stopped: macie"], name
            assert states()[name]["Result"]["Cause"].endswith(".")
        assert ACTIONS["macie"] in states()["Stopped: macie"]["Result"]["action"]


def leaks(document: Mapping[str, Any]) -> set[str]:
    """Final states that are reached from the first step without a state that releases the lock."""
    edges = graph(document)
    edges.remove_nodes_from([name for name in document["States"] if name.startswith("Unlock")])
    reached = nx.descendants(edges, STEPS[0].title)
    return {name for name in reached if document["States"][name]["Type"] in {"Fail", "Succeed"}}


class TestJobs:
    def test_every_job_obeys_the_guardrails(self) -> None:
        for name, state in jobs():
            parameters = state["Parameters"]
            network = parameters.get("NetworkConfig", parameters)
            assert network["VpcConfig"] == {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}, name
            assert network["EnableInterContainerTrafficEncryption"] is True, name
            cluster = parameters.get("ResourceConfig") or parameters["ProcessingResources"]["ClusterConfig"]
            assert cluster["VolumeKmsKeyId"] == PLAN.volume_key_arn, name
            output = parameters.get("OutputDataConfig") or parameters["ProcessingOutputConfig"]
            assert output["KmsKeyId"] in PLAN.key_arns.values(), name
            assert 0 < parameters["StoppingCondition"]["MaxRuntimeInSeconds"] <= MAXIMUM_RUN_SECONDS, name

    def test_only_steps_that_call_services_have_a_network(self) -> None:
        for step in STEPS:
            parameters = job(PLAN, step)
            network = parameters.get("NetworkConfig", parameters)
            assert network["EnableNetworkIsolation"] is (step.name not in NETWORKED), step.name

    def test_inputs_are_outputs_of_earlier_steps_or_external(self) -> None:
        for plan in (PLAN, ON_CLUSTER):
            done: set[str] = set()
            for step in plan.steps:
                assert set(plan.inputs(step)) <= {*done, *EXTERNAL}, step.name
                absent = set(step.inputs) - set(plan.inputs(step))
                assert absent <= {"keys", *step.optional}, step.name
                done.add(step.name)

    def test_steps_on_spark_are_submitted_to_their_instances_and_others_are_not(self) -> None:
        for step in ON_CLUSTER.steps:
            parameters = job(ON_CLUSTER, step)
            resources = parameters.get("ResourceConfig") or parameters["ProcessingResources"]["ClusterConfig"]
            application = parameters.get("AlgorithmSpecification") or parameters["AppSpecification"]
            entry_point, arguments = application["ContainerEntrypoint"], application["ContainerArguments"]
            if step.name in ON_SPARK:
                assert resources["InstanceCount"] == 3, step.name
                assert tuple(entry_point) == SPARK_ENTRY_POINT
                assert arguments == [step.name, "--model", "readmission", "--engine", "spark"]
                assert (ROOT / entry_point[1].removeprefix("/opt/program/")).is_file()
            else:
                assert resources["InstanceCount"] == 1, step.name
                assert entry_point == ["python", "-m", f"workloads.pipeline.steps.{step.name}"]
                assert "--engine" not in arguments

    def test_only_a_cluster_gives_up_network_isolation(self) -> None:
        """Isolation would cut Spark's workers off their driver; encryption between them stays."""
        alone = replace(ON_CLUSTER, spark_instances=1)
        for plan, isolated in ((ON_CLUSTER, False), (alone, True)):
            for name in ON_SPARK:
                network = job(plan, BY_NAME[name])["NetworkConfig"]
                assert network["EnableNetworkIsolation"] is isolated, name
                assert network["EnableInterContainerTrafficEncryption"] is True, name

    def test_features_are_built_on_spark_only_and_read_by_train_and_evaluate(self) -> None:
        readers = {
            plan.engine: {step.name for step in plan.steps if "features" in plan.inputs(step)}
            for plan in (PLAN, ON_CLUSTER)
        }
        assert readers == {"pandas": set(), "spark": {"train", "evaluate"}}
        [channel] = states()["Train"]["Parameters"]["InputDataConfig"]
        assert channel["ChannelName"] == "select"
        edges = graph(definition(ON_CLUSTER))
        for earlier, later in pairwise(step.title for step in ON_CLUSTER.steps):
            assert nx.has_path(edges, earlier, later)
        alone = next(state for name, state in jobs(ON_CLUSTER) if name == "Evaluate without a champion")
        names = {entry["InputName"] for entry in alone["Parameters"]["ProcessingInputs"]}
        assert names == {"select", "features", "train"}

    def test_names_of_jobs_fit_into_63_characters(self) -> None:
        longest = replace(PLAN, names=replace(PLAN.names, model="m" * 30))
        for step in STEPS:
            parameters = job(longest, step)
            expression = next(value for name, value in parameters.items() if name.endswith("JobName.$"))
            text = re.sub(r"\{\}", "0" * 16, expression.split("'")[1], count=1).replace("{}", "4")
            assert len(text) <= 63, step.name

    def test_arguments_are_the_settings_of_the_step(self) -> None:
        words = job(PLAN, BY_NAME["register"])["AppSpecification"]["ContainerArguments"]
        assert words[:2] == ["--model", "readmission"]
        assert words[words.index("--registry") + 1] == PLAN.settings["registry"]
        assert "--commit" not in job(PLAN, BY_NAME["validate"])["AppSpecification"]["ContainerArguments"]

    def test_keys_of_pseudonyms_are_named_and_never_contained(self) -> None:
        assert job(PLAN, BY_NAME["deidentify"])["Environment"]["PSEUDONYM_KEYS_SECRET"] == PLAN.secret_arn
        assert "PSEUDONYM" not in str([job(PLAN, step) for step in STEPS if step.name != "deidentify"])

    def test_champion_is_an_input_only_when_there_is_one(self) -> None:
        evaluations = {name: str(state) for name, state in jobs() if name.startswith("Evaluate")}
        assert {name: "champion.artifact" in text for name, text in evaluations.items()} == {
            "Evaluate against the champion": True,
            "Evaluate without a champion": False,
        }


def allowed(statements: Sequence[Mapping[str, Any]], action: str, resource: str, **context: str) -> bool:
    principal = Principal.of(f"arn:aws:iam::{ACCOUNT}:role/x")
    policy = Policy.parse("role", json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    request = Request(
        principal=principal,
        action=action,
        resource=resource,
        resource_account=ACCOUNT,
        context={key.replace("__", ":"): [value] for key, value in context.items()},
    )
    return evaluate(request, Policies(identity=[policy])).allowed


def objects(step: str) -> str:
    place = PLAN.output(step)
    return f"arn:aws:s3:::{place.bucket}/{place.prefix.replace('{}', '0123456789abcdef')}file"


class TestRights:
    @pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
    def test_job_reads_its_inputs_and_no_other_output(self, step: Any) -> None:
        rights = step_rights(PLAN, step)
        for other in STEPS:
            assert allowed(rights, "s3:GetObject", objects(other.name)) is (other.name in step.inputs), other.name

    @pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
    def test_job_writes_its_output_and_no_other(self, step: Any) -> None:
        rights = step_rights(PLAN, step)
        for other in STEPS:
            assert allowed(rights, "s3:PutObject", objects(other.name)) is (other.name == step.name), other.name

    def test_only_deidentification_reads_patients_data_and_keys(self) -> None:
        raw = "arn:aws:s3:::hipaa-ml-raw-phi/cardiology/encounters/2026.csv"
        readers = [step.name for step in STEPS if allowed(step_rights(PLAN, step), "s3:GetObject", raw)]
        secret = "secretsmanager:GetSecretValue"
        knowing = [step.name for step in STEPS if allowed(step_rights(PLAN, step), secret, PLAN.secret_arn)]
        assert readers == knowing == ["deidentify"]
        other = "arn:aws:s3:::hipaa-ml-raw-phi/oncology/tumours/2026.csv"
        assert not any(allowed(step_rights(PLAN, step), "s3:GetObject", other) for step in STEPS)

    def test_training_on_spot_instances_reads_its_checkpoints_again(self) -> None:
        spot = VARIANTS["spot"]
        place = spot.checkpoints("train")
        file, bucket = place.arn().replace("*", "run", 1).rstrip("*") + "state", f"arn:aws:s3:::{place.bucket}"
        prefix = {"s3__prefix": place.prefix.format("run")}
        for plan, expected in ((spot, True), (PLAN, False)):
            rights = step_rights(plan, BY_NAME["train"])
            for action, resource, context in (("s3:GetObject", file, {}), ("s3:ListBucket", bucket, prefix)):
                assert allowed(rights, action, resource, **context) is expected, action
        assert allowed(step_rights(spot, BY_NAME["train"]), "s3:PutObject", file)

    def test_only_registration_creates_packages(self) -> None:
        group = f"arn:aws:sagemaker:{EAST}:{ACCOUNT}:model-package-group/hipaa-ml-readmission"
        action = "sagemaker:CreateModelPackage"
        assert [step.name for step in STEPS if allowed(step_rights(PLAN, step), action, group)] == ["register"]
        assert not allowed(step_rights(PLAN, BY_NAME["register"]), "sagemaker:UpdateModelPackage", group)

    def test_state_machine_passes_the_roles_of_its_steps_to_sagemaker_only(self) -> None:
        rights, base = machine_rights(PLAN), f"arn:aws:iam::{ACCOUNT}:role"
        own = f"{base}/hipaa-ml-ml-train-readmission-staging"
        assert allowed(rights, "iam:PassRole", own, iam__PassedToService="sagemaker.amazonaws.com")
        assert not allowed(rights, "iam:PassRole", own, iam__PassedToService="lambda.amazonaws.com")
        other = f"{base}/hipaa-ml-ml-train-length-of-stay-staging"
        assert not allowed(rights, "iam:PassRole", other, iam__PassedToService="sagemaker.amazonaws.com")

    def test_state_machine_may_do_what_sync_needs(self) -> None:
        rights, base = machine_rights(PLAN), f"{EAST}:{ACCOUNT}"
        for kind in ("Processing", "Training"):
            rule = f"arn:aws:events:{base}:rule/StepFunctionsGetEventsForSageMaker{kind}JobsRule"
            for action in ("events:PutRule", "events:PutTargets", "events:DescribeRule"):
                assert allowed(rights, action, rule)
            for action in ("AddTags", f"Create{kind}Job", f"Describe{kind}Job", f"Stop{kind}Job"):
                name = f"arn:aws:sagemaker:{base}:{kind.lower()}-job/readmission-train-x"
                assert allowed(rights, f"sagemaker:{action}", name)
        assert not allowed(rights, "events:PutRule", f"arn:aws:events:{base}:rule/other")

    def test_boundary_of_the_account_contains_every_right(self) -> None:
        statements = [*machine_rights(PLAN), *(entry for step in STEPS for entry in step_rights(PLAN, step))]
        assert outside_boundary(statements) == []

    def test_state_machine_runs_macie_and_configures_nothing_of_it(self) -> None:
        rights, base = machine_rights(PLAN), f"arn:aws:macie2:{EAST}:{ACCOUNT}"
        job = f"{base}:classification-job/0123456789abcdef"
        region = {"aws__RequestedRegion": EAST}
        for action, resource in (
            ("CreateClassificationJob", job),
            ("DescribeClassificationJob", job),
            ("GetFindings", "*"),
            ("GetMacieSession", "*"),
            ("ListFindings", "*"),
        ):
            assert allowed(rights, f"macie2:{action}", resource, **region), action
        for action in ("UpdateClassificationJob", "DisableMacie", "CreateFindingsFilter", "UpdateMacieSession"):
            assert not allowed(rights, f"macie2:{action}", job, **region), action

    def test_state_machine_reads_the_data_version_and_no_data(self) -> None:
        rights = machine_rights(PLAN)
        version = objects("select").replace("/file", "/version.json")
        assert allowed(rights, "s3:GetObject", version)
        assert not any(allowed(rights, "s3:GetObject", objects(step.name)) for step in STEPS)

    def test_lock_of_another_model_is_out_of_reach(self) -> None:
        rights, table = machine_rights(PLAN), f"arn:aws:dynamodb:{EAST}:{ACCOUNT}:table/{PLAN.lock_table}"
        assert allowed(rights, "dynamodb:PutItem", table, dynamodb__LeadingKeys="lock#readmission")
        assert not allowed(rights, "dynamodb:PutItem", table, dynamodb__LeadingKeys="lock#length-of-stay")


def pipeline(plan: PipelinePlan = PLAN) -> Recording:
    return record(
        lambda: ModelPipeline(
            "readmission-pipeline",
            ModelPipelineArgs(
                names=plan.names,
                plan=pulumi.Output.from_input(0).apply(lambda _: plan),
                account_id=ACCOUNT,
                boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/boundary",
                key_arn=PLAN.volume_key_arn,
                topic_arn=f"arn:aws:sns:{EAST}:{ACCOUNT}:operations",
                schedule="cron(0 5 ? * SUN *)",
                team="cardiology",
                engine=plan.engine,
            ),
        )
    )


class TestComponent:
    def test_component_consists_of_state_machine_roles_schedule_and_alarms(self) -> None:
        counts = pipeline().counts()
        assert counts == {
            "aws:iam/role:Role": len(STEPS) + 2,
            "aws:iam/rolePolicy:RolePolicy": len(STEPS) + 2,
            "aws:cloudwatch/logGroup:LogGroup": 1,
            "aws:sfn/stateMachine:StateMachine": 1,
            "aws:sqs/queue:Queue": 1,
            "aws:scheduler/schedule:Schedule": 1,
            "aws:cloudwatch/metricAlarm:MetricAlarm": 4,
        }
        assert pipeline().orphans() == set()

    def test_step_of_spark_has_a_role_of_its_own(self) -> None:
        names = {role.inputs["name"] for role in pipeline(ON_CLUSTER).of("iam/role:Role")}
        assert names - {role.inputs["name"] for role in pipeline().of("iam/role:Role")} == {
            ON_CLUSTER.names.step_role("features")
        }
        passed = next(entry for entry in machine_rights(ON_CLUSTER) if entry["Sid"] == "PassJobRoles")["Resource"]
        assert {arn.rpartition("/")[2] for arn in passed} <= names
        assert f"arn:aws:iam::{ACCOUNT}:role/{ON_CLUSTER.names.step_role('features')}" in passed

    def test_features_are_readable_by_train_and_evaluate_on_spark_only(self) -> None:
        file = ON_CLUSTER.output("features").uri().replace("s3://", "arn:aws:s3:::").replace("{}", "run") + "/train.npy"
        readers = {
            (plan.engine, step.name)
            for plan in (PLAN, ON_CLUSTER)
            for step in plan.steps
            if allowed(step_rights(plan, step), "s3:GetObject", file)
        }
        assert readers == {("spark", "train"), ("spark", "evaluate")}

    def test_state_machine_is_traced_logged_without_data_and_encrypted(self) -> None:
        [machine] = pipeline().of("sfn/stateMachine:StateMachine")
        assert machine.inputs["tracingConfiguration"] == {"enabled": True}
        assert machine.inputs["loggingConfiguration"]["includeExecutionData"] is False
        assert machine.inputs["loggingConfiguration"]["level"] == "ALL"
        assert machine.inputs["encryptionConfiguration"]["kmsKeyId"] == PLAN.volume_key_arn
        assert json.loads(machine.inputs["definition"])["StartAt"] == "Data requested?"

    def test_schedule_reports_starts_that_failed(self) -> None:
        [schedule] = pipeline().of("scheduler/schedule:Schedule")
        target = schedule.inputs["target"]
        assert schedule.inputs["scheduleExpression"] == "cron(0 5 ? * SUN *)"
        assert json.loads(target["input"])["Name"] == "<aws.scheduler.execution-id>"
        assert target["deadLetterConfig"]["arn"]

    def test_alarms_watch_failures_timeouts_and_missing_runs(self) -> None:
        alarms = {alarm.inputs["metricName"]: alarm.inputs for alarm in pipeline().of("metricAlarm:MetricAlarm")}
        assert set(alarms) == {
            "ExecutionsFailed",
            "ExecutionsTimedOut",
            "ExecutionsSucceeded",
            "ApproximateNumberOfMessagesVisible",
        }
        missing = alarms["ExecutionsSucceeded"]
        assert missing["period"] * missing["evaluationPeriods"] == 7 * 86_400
        assert missing["treatMissingData"] == "breaching"

    def test_every_definition_of_the_workloads_can_be_deployed(self) -> None:
        for name in MODELS:
            parse(definition(replace(PLAN, definition=name)))
