"""Mistakes in the `ml` key are said before anything is created: file, key, value, what is allowed."""

from collections.abc import Callable

import pytest

from tests.zone.test_settings import ROOT, Tree, account, edited, refused
from zone.plan import make_plan
from zone.settings import Settings, parse_settings, settings_from_files

Change = Callable[[Tree], object]


def model(**changes: object) -> Change:
    return lambda values: values["ml"]["models"]["readmission"].update(changes)


def release(**changes: object) -> Change:
    return lambda values: values["ml"]["models"]["readmission"]["release"].update(changes)


def pipeline(**changes: object) -> Change:
    return lambda values: values["ml"]["models"]["readmission"]["pipeline"].update(changes)


def recovery(**changes: object) -> Change:
    return lambda values: values["ml"].update(recovery=changes)


def accepted(change: Change) -> Settings:
    return parse_settings(edited(change), {})


MODEL = "ml.models.readmission"
CHALLENGER = {
    "version": "9",
    "image_digest": "sha256:" + "a" * 64,
    "artifact_sha256": "b" * 64,
    "model_sha256": "c" * 64,
}
WRONG: dict[str, tuple[Change, list[str]]] = {
    "a standby that is none": (
        model(standby="hot"),
        [f"{MODEL}.standby: 'hot'", "'none', 'pilot-light', 'warm' or 'active-active'"],
    ),
    "one instance": (model(instances=1), [f"{MODEL}.instances: 1", "greater than or equal to 2"]),
    "a release above the maximum of autoscaling": (
        model(release_instances=9),
        [f"{MODEL}.release_instances: 9 is outside of the autoscaling range; allowed: 2 to 8"],
    ),
    "more requests captured than there are": (
        model(capture_percent=101),
        [f"{MODEL}.capture_percent: 101", "less than or equal to 100"],
    ),
    "a guard that drops rows": (
        model(guard={"outliers": "drop"}),
        [f"{MODEL}.guard.outliers: 'drop'", "'flag' or 'refuse'"],
    ),
    "a caller named others": (
        model(guard={"callers": ["others"]}),
        [f"{MODEL}.guard.callers.0: 'others'", "lower-case letters, digits and hyphens, except others"],
    ),
    "an instance of another service": (
        model(instance_type="m5.large"),
        [f"{MODEL}.instance_type: 'm5.large'", "an instance type such as ml.m5.large"],
    ),
    "a model for nobody": (model(environments=[]), [f"{MODEL}.environments: []"]),
    "a pipeline of an unknown definition": (
        pipeline(definition="readmision"),
        [f"{MODEL}.pipeline.definition: no definition 'readmision'", "readmission", "length_of_stay"],
    ),
    "a pipeline of an unknown engine": (
        pipeline(engine="dask"),
        [f"{MODEL}.pipeline.engine: 'dask'", "'pandas' or 'spark'"],
    ),
    "no instance for Spark": (
        pipeline(engine="spark", spark_instances=0),
        [f"{MODEL}.pipeline.spark_instances: 0", "greater than or equal to 1"],
    ),
    "instances of Spark for pandas": (
        pipeline(spark_instances=4),
        [
            f"{MODEL}.pipeline.spark_instances: 4 instances for an engine 'pandas', whose jobs have one",
            "allowed: no spark_instances, or engine: spark",
        ],
    ),
    "a pipeline of an unknown team": (
        pipeline(team="radiology"),
        [f"{MODEL}.pipeline.team: no team 'radiology'", "cardiology, oncology"],
    ),
    "a pipeline on another team's data": (
        pipeline(data_set="oncology_tumours"),
        [f"{MODEL}.pipeline.data_set", "allowed: cardiology_encounters"],
    ),
    "a pipeline on data that is de-identified already": (
        pipeline(data_set="readmissions"),
        [f"{MODEL}.pipeline.data_set", "allowed: cardiology_encounters"],
    ),
    "a pipeline in production": (
        pipeline(environment="prod"),
        [f"{MODEL}.pipeline.environment: the model cannot be trained in 'prod'", "allowed: staging"],
    ),
    "a pipeline without a week day": (
        pipeline(schedule="weekly"),
        [f"{MODEL}.pipeline.schedule: 'weekly'", "cron(minute hour day month weekday year)"],
    ),
    "a pipeline image by its tag": (
        pipeline(image_digest="latest"),
        [f"{MODEL}.pipeline.image_digest: 'latest'", "sha256:"],
    ),
    "a challenger where the model is not served": (
        model(shadow={"environment": "dev", "release": CHALLENGER}),
        [f"{MODEL}.shadow.environment: the model is not served in 'dev'", "allowed: staging, prod"],
    ),
    "a challenger that is served already": (
        lambda values: model(
            shadow={"environment": "prod", "release": dict(values["ml"]["models"]["readmission"]["release"])}
        )(values),
        [f"{MODEL}.shadow.release: version 1 is served in 'prod' already"],
    ),
    "a challenger without captured requests": (
        model(shadow={"environment": "prod", "release": CHALLENGER}, capture_percent=0, monitoring=None),
        [f"{MODEL}.capture_percent: 0 captures nothing that can be compared"],
    ),
    "a monitor of an unknown definition": (
        model(monitoring={"definition": "readmision"}),
        [f"{MODEL}.monitoring.definition: no definition 'readmision'", "readmission", "length_of_stay"],
    ),
    "a monitor of another definition than the pipeline's": (
        model(monitoring={"definition": "length_of_stay"}),
        [
            f"{MODEL}.monitoring.definition: 'length_of_stay' is not the definition of the pipeline",
            "allowed: readmission",
        ],
    ),
    "a monitor without captured data": (
        model(monitoring={"definition": "readmission"}, capture_percent=0),
        [f"{MODEL}.capture_percent: 0 captures nothing", "allowed with monitoring: 1 to 100"],
    ),
    "a monitor with a short cool-down": (
        model(monitoring={"definition": "readmission", "cool_down_days": 3}),
        [f"{MODEL}.monitoring.cool_down_days: 3", "greater than or equal to 7"],
    ),
    "an environment that is not there": (
        model(environments=["prd"]),
        [f"{MODEL}.environments.0: no environment 'prd' (did you mean 'prod'?); allowed: dev, staging, prod"],
    ),
    "an account without network": (
        account("ml-prod", networks={}),
        [f"{MODEL}.environments.1: the account 'ml-prod' has no network in us-east-1, where the model is to be served"],
    ),
    "a standby without network": (
        account("ml-prod", networks={"us-east-1": "10.48.0.0/16"}),
        [f"{MODEL}.environments.1: the account 'ml-prod' has no network in us-west-2", "accounts.ml-prod.networks"],
    ),
    "an image by its tag": (
        release(image_digest="latest"),
        [f"{MODEL}.release.image_digest: 'latest'", "sha256: and 64 hexadecimal digits"],
    ),
    "an artifact without digest": (
        lambda values: values["ml"]["models"]["readmission"]["release"].pop("artifact_sha256"),
        [f"{MODEL}.release.artifact_sha256: is missing"],
    ),
    "a digest that is cut off": (
        release(model_sha256="0123abcd"),
        [f"{MODEL}.release.model_sha256: '0123abcd'", "64 hexadecimal digits"],
    ),
    "a version that is a path": (release(version="../2"), [f"{MODEL}.release.version: '../2'", "letters, digits"]),
    "a model's name in capitals": (
        lambda values: values["ml"]["models"].update(Sepsis=values["ml"]["models"]["readmission"]),
        ["ml.models.Sepsis", "2 to 30 lower-case letters"],
    ),
    "drills on no day": (recovery(drill_days=0), ["ml.recovery.drill_days: 0", "greater than or equal to 1"]),
    "drills less than once a year": (recovery(drill_days=366), ["ml.recovery.drill_days: 366", "365"]),
    "no time to fail over": (recovery(rto_minutes=0), ["ml.recovery.rto_minutes: 0"]),
    "nothing to be lost, ever": (recovery(rpo_minutes=0), ["ml.recovery.rpo_minutes: 0"]),
    "an operator without ARN": (recovery(operators=["jane"]), ["ml.recovery.operators.0: 'jane'"]),
    "an approver who operates": (
        recovery(operators=["arn:aws:iam::123456789012:user/jo"], approvers=["arn:aws:iam::123456789012:user/jo"]),
        ["ml.recovery.approvers.0: arn:aws:iam::123456789012:user/jo is an operator as well (ml.recovery.operators)"],
    ),
    "an approver who breaks the glass": (
        lambda values: values["ml"]["recovery"].update(approvers=[values["break_glass"]["principals"][0]]),
        ["ml.recovery.approvers.0: ", "is an operator as well (break_glass.principals); allowed: people who are not"],
    ),
    "an approver with a wildcard": (
        recovery(approvers=["arn:aws:iam::123456789012:role/*"]),
        ["ml.recovery.approvers.0", "the ARN of an IAM user"],
    ),
    "a key misspelt": (model(stand_by="warm"), [f"{MODEL}.stand_by", "did you mean 'standby'?"]),
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda name: name.replace(" ", "-"))
def test_a_wrong_model_or_recovery_is_refused(wrong: str) -> None:
    change, words = WRONG[wrong]
    message = refused(change)
    assert all(word in message for word in words), message
    assert "Pulumi.yaml" in message


def test_model_without_standby_needs_no_recovery_network() -> None:
    change = account("ml-prod", networks={"us-east-1": "10.48.0.0/16"})
    settings = accepted(lambda values: [change(values), model(standby="none")(values)])
    assert "recovery-prod" not in make_plan(settings).stacks.names


def test_recovery_stack_without_standby_needs_only_the_network() -> None:
    settings = accepted(model(standby="none"))
    foundation = ("organization", "audit", "baseline-management", "baseline-ml-prod")
    assert make_plan(settings).stacks.needs_of("recovery-prod") == (*foundation, "network-us-west-2")
    assert "data-prod" in make_plan(settings).stacks.needs_of("ml-prod")


def test_every_mode_of_standing_by_is_allowed() -> None:
    for standby in ("none", "pilot-light", "warm", "active-active"):
        assert accepted(model(standby=standby)).ml.models["readmission"].standby == standby


def test_reference_zone_serves_in_staging_and_production() -> None:
    ml = settings_from_files(ROOT, "organization").ml
    assert {env: set(ml.standing_by(env)) for env in ("dev", "staging", "prod")} == {
        "dev": set(),
        "staging": {"readmission"},
        "prod": {"readmission"},
    }


def test_two_teams_retrain_two_models_in_staging() -> None:
    settings = settings_from_files(ROOT, "organization")
    pipelines = settings.ml.retrained_in("staging")
    assert {name: (each.definition, each.team) for name, each in pipelines.items()} == {
        "readmission": ("readmission", "cardiology"),
        "length-of-stay": ("length_of_stay", "oncology"),
    }
    assert not settings.ml.retrained_in("prod")
