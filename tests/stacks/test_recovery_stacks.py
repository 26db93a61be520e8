"""`recovery-prod`: what stands by in the second region, and what a failover and a failback need of either."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.recorder import ACCOUNT, Recording, Resource
from tests.stacks.test_ml_stacks import kinds, single, with_model
from tests.stacks.zone import recorded, run

STACK, PRIMARY, DATA = "recovery-prod", "ml-prod", "data-prod"
EAST, WEST = "us-east-1", "us-west-2"
SWITCH = "hipaa-ml-readmission-prod-failed-over"


def standing_by(mode: str, **changes: Any) -> Recording:
    return run(STACK, ml=with_model(standby=mode, **changes))


def named(recording: Recording, kind: str, name: str) -> Resource:
    [resource_found] = [resource for resource in recording.of(kind) if resource.name == name]
    return resource_found


def alarm(recording: Recording) -> Mapping[str, Any]:
    return named(recording, ":MetricAlarm", "readmission-switch-alarm").inputs


def records(recording: Recording) -> Mapping[str, Mapping[str, Any]]:
    return {record.inputs["setIdentifier"]: record.inputs for record in recording.of("route53/record:Record")}


class TestTheStandby:
    def test_uses_the_same_version_from_its_own_region(self) -> None:
        standby, serving = (single(recorded(stack), "sagemaker/model:Model") for stack in (STACK, PRIMARY))
        assert standby["primaryContainer"]["environment"] == serving["primaryContainer"]["environment"]
        bucket = recorded(DATA).outputs["buckets"]["artifacts"][WEST]
        assert standby["primaryContainer"]["modelDataUrl"] == f"s3://{bucket}/readmission/1/model.tar.gz"
        assert standby["enableNetworkIsolation"] is True
        assert standby["vpcConfig"]["subnets"] == recorded(STACK).outputs["subnet_ids"]["inference"]

    def test_is_under_keys_of_its_own_region(self) -> None:
        configuration = single(recorded(STACK), ":EndpointConfiguration")
        keys = recorded(DATA).outputs["key_arns"]["artifacts"]
        assert configuration["kmsKeyArn"] == recorded(STACK).outputs["serving_key_arn"]
        assert configuration["kmsKeyArn"] != recorded(PRIMARY).outputs["serving_key_arn"]
        assert configuration["dataCaptureConfig"]["kmsKeyId"] == keys[WEST] != keys[EAST]

    def test_answers_to_the_same_name_as_the_primary(self) -> None:
        assert recorded(STACK).outputs["endpoints"] == recorded(PRIMARY).outputs["endpoints"]
        assert (
            single(recorded(STACK), "endpoint:Endpoint")["name"]
            == single(recorded(PRIMARY), "endpoint:Endpoint")["name"]
        )

    @pytest.mark.parametrize(("mode", "instances", "least"), [("warm", 1, 1), ("active-active", 8, 2)])
    def test_has_as_many_instances_as_its_mode_says(self, mode: str, instances: int, least: int) -> None:
        recording = recorded(STACK) if mode == "warm" else standing_by(mode)
        [variant] = single(recording, ":EndpointConfiguration")["productionVariants"]
        assert variant["initialInstanceCount"] == instances
        assert single(recording, "appautoscaling/target:Target")["minCapacity"] == least

    def test_pilot_light_has_a_configuration_without_an_endpoint(self) -> None:
        recording = standing_by("pilot-light")
        assert not [*recording.of("endpoint:Endpoint"), *recording.of("appautoscaling/target:Target")]
        [variant] = single(recording, ":EndpointConfiguration")["productionVariants"]
        assert variant["initialInstanceCount"] == 2
        assert alarm(recording)["name"] == SWITCH
        assert recording.outputs["journal_table"] == "hipaa-ml-prod-recovery"

    @pytest.mark.parametrize("changes", [{"standby": "none"}, {"release": None}], ids=["none", "unreleased"])
    def test_that_is_not_there_has_nothing_to_recover(self, changes: Mapping[str, Any]) -> None:
        recording = run(STACK, ml=with_model(**changes))
        assert not kinds(recording) & {
            "Endpoint",
            "EndpointConfiguration",
            "Table",
            "Schedule",
            "Function",
            "Parameter",
        }
        assert not [*recording.of("route53/healthCheck:HealthCheck"), *recording.of("route53/record:Record")]
        assert recording.outputs["journal_table"] == recording.outputs["runbook_role_arn"] == ""
        assert recording.outputs["endpoints"] == {}


class TestTheSwitch:
    def test_has_an_alarm_and_a_health_check(self) -> None:
        recording = recorded(STACK)
        check = single(recording, "route53/healthCheck:HealthCheck")
        assert alarm(recording)["name"] == check["cloudwatchAlarmName"] == SWITCH
        assert check["cloudwatchAlarmRegion"] == WEST
        assert named(recording, ":MetricAlarm", "readmission-switch-alarm").provider == f"ml-prod-{WEST}"
        assert alarm(recording)["dimensions"] == {"Environment": "prod", "Endpoint": "readmission-prod"}

    def test_has_failover_records_in_the_private_zone(self) -> None:
        switch_records = records(recorded(STACK))
        zone = recorded(PRIMARY).outputs["private_zone_id"]
        assert {record["name"] for record in switch_records.values()} == {"readmission.prod.ml.internal"}
        assert {record["zoneId"] for record in switch_records.values()} == {zone}
        assert switch_records["primary"]["records"] == [f"runtime.sagemaker.{EAST}.amazonaws.com"]
        assert switch_records["secondary"]["records"] == [f"runtime.sagemaker.{WEST}.amazonaws.com"]
        assert [
            failover_routing_policy["type"]
            for failover_routing_policy in switch_records["primary"]["failoverRoutingPolicies"]
        ] == ["PRIMARY"]
        assert [
            failover_routing_policy["type"]
            for failover_routing_policy in switch_records["secondary"]["failoverRoutingPolicies"]
        ] == ["SECONDARY"]

    def test_shares_the_name_between_regions_that_both_serve(self) -> None:
        switch_records = records(standing_by("active-active"))
        assert [record["weightedRoutingPolicies"] for record in switch_records.values()] == 2 * [[{"weight": 50}]]
        assert not [record for record in switch_records.values() if "failoverRoutingPolicies" in record]

    def test_active_active_region_is_withdrawn_by_the_other_region(self) -> None:
        recording = standing_by("active-active")
        regions = {
            check.inputs["cloudwatchAlarmName"]: check.inputs["cloudwatchAlarmRegion"]
            for check in recording.of("HealthCheck")
        }
        assert regions == {
            "hipaa-ml-readmission-prod-failed-over": WEST,
            "hipaa-ml-readmission-prod-withdrawn": EAST,
        }
        assert all(record["healthCheckId"] for record in records(recording).values())
        withdrawn = next(
            resource for resource in recording.of("MetricAlarm") if resource.inputs["metricName"] == "Withdrawn"
        )
        assert f":{EAST}:" in withdrawn.inputs["alarmActions"][0]

    def test_private_zone_is_associated_with_the_recovery_vpc(self) -> None:
        membership = single(recorded(STACK), "ZoneAssociation")
        assert membership["zoneId"] == recorded(PRIMARY).outputs["private_zone_id"]
        assert (membership["vpcId"], membership["vpcRegion"]) == (recorded(STACK).outputs["vpc_id"], WEST)

    def test_is_heard_of_in_the_region_that_survives(self) -> None:
        topic = recorded(STACK).outputs["topic_arn"]
        assert alarm(recorded(STACK))["alarmActions"] == alarm(recorded(STACK))["okActions"] == [topic]
        assert f":{WEST}:" in topic

    def test_is_one_for_each_endpoint_that_stands_by(self) -> None:
        reference = with_model()["models"]["readmission"]
        names = {"readmission": "warm", "sepsis": "pilot-light", "triage": "none"}
        ml = {"models": {name: {**reference, "standby": mode} for name, mode in names.items()}}
        data = run(DATA, ml=ml)
        upstream = run(PRIMARY, recordings={DATA: data}, ml=ml)
        recording = run(STACK, recordings={DATA: data, PRIMARY: upstream}, ml=ml)
        assert {record.inputs["name"].split(".")[0] for record in recording.of("route53/record:Record")} == {
            *("readmission", "sepsis")
        }
        assert recording.outputs["endpoints"].keys() == {"readmission", "sepsis"}


class TestTheJournal:
    def test_is_in_the_recovery_region_under_its_key(self) -> None:
        [table] = recorded(STACK).of("dynamodb/table:Table")
        assert table.provider == f"ml-prod-{WEST}"
        assert table.inputs["name"] == recorded(STACK).outputs["journal_table"]
        assert table.inputs["serverSideEncryption"]["kmsKeyArn"] == recorded(STACK).outputs["serving_key_arn"]


class TestTheRunbooksRole:
    def rights(self) -> str:
        policies = [named(recorded(STACK), "iam/policy:Policy", f"runbooks-rights-{number}") for number in (1, 2)]
        return " ".join(str(policy.inputs["policy"]) for policy in policies)

    def trust(self, recording: Recording) -> list[dict[str, Any]]:
        return list(named(recording, "iam/role:Role", "runbooks-role").document("assumeRolePolicy")["Statement"])

    def test_is_assumed_with_mfa_by_operators_or_break_glass_principals(self) -> None:
        first = self.trust(recorded(STACK))[0]
        people = first["Condition"]["ArnEquals"]["aws:PrincipalArn"]
        assert [arn.rpartition("/")[2] for arn in people] == ["break-glass-1", "break-glass-2"]
        assert all(arn.endswith(":root") for arn in first["Principal"]["AWS"])
        assert first["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
        oncall = f"arn:aws:iam::{ACCOUNT}:role/oncall"
        recording = run(STACK, ml={**with_model(), "recovery": {"operators": [oncall]}})
        assert self.trust(recording)[0]["Condition"]["ArnEquals"]["aws:PrincipalArn"] in (oncall, [oncall])

    def test_is_assumed_by_the_readiness_function(self) -> None:
        function = named(recorded(STACK), "iam/role:Role", "readiness-lambda-role").inputs["name"]
        allowed = self.trust(recorded(STACK))[1]["Condition"]["ArnEquals"]["aws:PrincipalArn"]
        assert allowed.endswith(f":role/{function}")

    def test_reaches_both_regions_buckets_topics_and_keys(self) -> None:
        data, rights = recorded(DATA).outputs, self.rights()
        for region in (EAST, WEST):
            for purpose in ("artifacts", "deidentified", "features", "raw-phi"):
                assert f"arn:aws:s3:::{data['buckets'][purpose][region]}" in rights, purpose
            for domain in ("artifacts", "features", "phi", "secrets"):
                assert data["key_arns"][domain][region] in rights, domain
        for stack in (STACK, PRIMARY):
            assert recorded(stack).outputs["topic_arn"] in rights
            assert recorded(stack).outputs["serving_key_arn"] in rights

    def test_reaches_no_other_bucket_or_key(self) -> None:
        data, rights = recorded(DATA).outputs, self.rights()
        for region in (EAST, WEST):
            assert data["buckets"]["results"][region] not in rights
            assert data["key_arns"]["logs"][region] not in rights


class TestTheReadinessCheck:
    def test_runs_the_runbooks_in_inference_subnets(self) -> None:
        [function] = recorded(STACK).of("lambda/function:Function")
        outputs = recorded(STACK).outputs
        assert function.provider == f"ml-prod-{WEST}"
        assert function.inputs["vpcConfig"]["subnetIds"] == outputs["subnet_ids"]["inference"]
        assert function.inputs["kmsKeyArn"] == outputs["serving_key_arn"]
        assert "runbooks" in json.dumps(function.inputs["code"])

    def test_is_scheduled_here_and_knows_its_environment(self) -> None:
        schedule = named(recorded(STACK), ":Schedule", "readiness-schedule")
        assert schedule.provider == f"ml-prod-{WEST}"
        assert schedule.inputs["scheduleExpression"] == "rate(15 minutes)"
        assert "prod" in json.dumps(single(recorded(STACK), "lambda/function:Function")["environment"])

    def test_alarms_by_what_the_settings_promise(self) -> None:
        recording = run(STACK, ml={**with_model(), "recovery": {"rpo_minutes": 5, "drill_days": 30}})
        thresholds = {
            name: named(recording, ":MetricAlarm", f"readiness-{name}").inputs["threshold"]
            for name in ("RpoSeconds", "DrillAgeDays")
        }
        assert thresholds == {"RpoSeconds": 300, "DrillAgeDays": 30}


class TestTheHeartbeat:
    def test_heartbeat_covers_every_replicated_bucket_without_lock(self) -> None:
        data = recorded(DATA).outputs
        beats = [resource for resource in recorded(STACK).of(":Schedule") if resource.name.startswith("heartbeat-")]
        assert {beat.provider for beat in beats} == {f"ml-prod-{EAST}"}
        requests = [json.loads(beat.inputs["target"]["input"]) for beat in beats]
        domains = {"deidentified": "features", "features": "features", "raw-phi": "phi"}
        assert {request["Bucket"]: request["SsekmsKeyId"] for request in requests} == {
            data["buckets"][purpose][EAST]: data["key_arns"][domain][EAST] for purpose, domain in domains.items()
        }
