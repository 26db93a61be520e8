"""The lives of the emulated types that an MLflow server is made of: ECS, RDS, load balancers, certificates."""

import json
from collections.abc import Callable
from typing import Any

from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import CreatedResource
from tests.rehearsal.provider.provider_cases import Case, World
from tests.rehearsal.provider.provider_cases_network import group, subnet, vpc

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mlflow@sha256:" + "a" * 64


def certificate(owner: str) -> Callable[[World], Values]:
    return lambda _world: {
        "domainName": "mlflow.staging.ml.internal",
        "keyAlgorithm": "RSA_2048",
        "tags": {"owner": owner},
    }


def subnet_group(description: str) -> Callable[[World], Values]:
    return lambda world: {
        "name": "database",
        "description": description,
        "subnetIds": [subnet(world, 0).id, subnet(world, 1).id],
    }


def parameter_group(**values: str) -> Callable[[World], Values]:
    return lambda _world: {
        "name": "postgres",
        "family": "postgres17",
        "description": "TLS is required",
        "parameters": [
            {"name": key.replace("__", "."), "value": value, "applyMethod": "immediate"}
            for key, value in values.items()
        ],
    }


def instance(days: int, *, logs: bool) -> Callable[[World], Values]:
    return lambda world: {
        "identifier": "mlflow",
        "engine": "postgres",
        "instanceClass": "db.m7g.large",
        "allocatedStorage": 100,
        "username": "mlflow",
        "manageMasterUserPassword": True,
        "masterUserSecretKmsKeyId": world.key.outputs["arn"],
        "storageEncrypted": True,
        "kmsKeyId": world.key.outputs["arn"],
        "backupRetentionPeriod": days,
        "multiAz": True,
        "enabledCloudwatchLogsExports": ["postgresql"] if logs else [],
        "dbSubnetGroupName": world.once(
            "subnets", "aws:rds/subnetGroup:SubnetGroup", lambda: {**subnet_group("d")(world), "name": "of-instance"}
        ).outputs["name"],
        "vpcSecurityGroupIds": [group(world).id],
        "skipFinalSnapshot": True,
    }


def balancer(*, strict: bool) -> Callable[[World], Values]:
    return lambda world: {
        "name": "mlflow",
        "internal": True,
        "loadBalancerType": "application",
        "subnets": [subnet(world, 0).id, subnet(world, 1).id],
        "securityGroups": [group(world).id],
        "dropInvalidHeaderFields": strict,
        "desyncMitigationMode": "strictest" if strict else "defensive",
    }


def target_group(interval: int) -> Callable[[World], Values]:
    return lambda world: {
        "name": "mlflow",
        "vpcId": vpc(world).id,
        "port": 5000,
        "protocol": "HTTPS",
        "targetType": "ip",
        "deregistrationDelay": 10 * interval,
        "healthCheck": {
            "enabled": True,
            "path": "/health",
            "protocol": "HTTPS",
            "interval": interval,
            "matcher": "200",
        },
    }


def listener(policy: str) -> Callable[[World], Values]:
    def inputs(world: World) -> Values:
        targets = world.once("targets", "aws:lb/targetGroup:TargetGroup", lambda: target_group(10)(world))
        listening = world.once("balancer", "aws:lb/loadBalancer:LoadBalancer", lambda: balancer(strict=True)(world))
        issued = world.once("certificate", "aws:acm/certificate:Certificate", lambda: certificate("o")(world))
        return {
            "loadBalancerArn": listening.outputs["arn"],
            "port": 443,
            "protocol": "HTTPS",
            "sslPolicy": policy,
            "certificateArn": issued.outputs["arn"],
            "defaultActions": [{"type": "forward", "targetGroupArn": targets.outputs["arn"]}],
        }

    return inputs


def cluster(insights: str) -> Callable[[World], Values]:
    return lambda _world: {"name": "mlflow", "settings": [{"name": "containerInsights", "value": insights}]}


def definition(memory: int) -> Callable[[World], Values]:
    return lambda _world: {
        "family": "mlflow",
        "cpu": "1024",
        "memory": str(memory),
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": json.dumps([{"name": "serve", "image": IMAGE, "memory": 512}]),
    }


def service(number: int) -> Callable[[World], Values]:
    def inputs(world: World) -> Values:
        runs_in = world.once("cluster", "aws:ecs/cluster:Cluster", lambda: {"name": "of-service"})
        task = world.once(
            f"task-{number}",
            "aws:ecs/taskDefinition:TaskDefinition",
            lambda: {**definition(2048)(world), "family": f"task-{number}"},
        )
        return {
            "name": "mlflow",
            "cluster": runs_in.outputs["arn"],
            "taskDefinition": task.outputs["arn"],
            "launchType": "FARGATE",
            "desiredCount": number,
            "networkConfiguration": {
                "subnets": [subnet(world).id],
                "securityGroups": [group(world).id],
                "assignPublicIp": False,
            },
        }

    return inputs


def drift_service(world: World, resource: CreatedResource) -> Any:
    return world.boto("ecs").update_service(cluster=resource.inputs["cluster"], service=resource.id, desiredCount=7)


CASES = (
    Case(
        type="aws:acm/certificate:Certificate",
        inputs=certificate("platform"),
        change=certificate("security"),
        drift=lambda w, m: w.boto("acm").delete_certificate(CertificateArn=m.id),
    ),
    Case(
        type="aws:rds/subnetGroup:SubnetGroup",
        inputs=subnet_group("one"),
        change=subnet_group("two"),
        drift=lambda w, m: w.boto("rds").delete_db_subnet_group(DBSubnetGroupName=m.id),
    ),
    Case(
        type="aws:rds/parameterGroup:ParameterGroup",
        inputs=parameter_group(rds__force_ssl="1", log_connections="1"),
        change=parameter_group(rds__force_ssl="1", log_connections="0"),
        drift=lambda w, m: w.boto("rds").modify_db_parameter_group(
            DBParameterGroupName=m.id,
            Parameters=[{"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}],
        ),
        drifted="parameters",
    ),
    Case(
        type="aws:rds/instance:Instance",
        inputs=instance(7, logs=False),
        change=instance(35, logs=True),
        drift=lambda w, m: w.boto("rds").modify_db_instance(DBInstanceIdentifier=m.id, BackupRetentionPeriod=1),
        drifted="backupRetentionPeriod",
    ),
    Case(
        type="aws:lb/loadBalancer:LoadBalancer",
        inputs=balancer(strict=False),
        change=balancer(strict=True),
        drift=lambda w, m: w.boto("elbv2").modify_load_balancer_attributes(
            LoadBalancerArn=m.id,
            Attributes=[{"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "false"}],
        ),
        drifted="dropInvalidHeaderFields",
    ),
    Case(
        type="aws:lb/targetGroup:TargetGroup",
        inputs=target_group(15),
        change=target_group(30),
        drift=lambda w, m: w.boto("elbv2").modify_target_group(TargetGroupArn=m.id, HealthCheckPath="/other"),
        drifted="healthCheck",
    ),
    Case(
        type="aws:lb/listener:Listener",
        inputs=listener("ELBSecurityPolicy-TLS13-1-2-2021-06"),
        change=listener("ELBSecurityPolicy-TLS13-1-2-Res-2021-06"),
        drift=lambda w, m: w.boto("elbv2").modify_listener(ListenerArn=m.id, SslPolicy="ELBSecurityPolicy-2016-08"),
        drifted="sslPolicy",
    ),
    Case(
        type="aws:ecs/cluster:Cluster",
        inputs=cluster("enabled"),
        change=cluster("enhanced"),
        drift=lambda w, m: w.boto("ecs").update_cluster(
            cluster=m.id, settings=[{"name": "containerInsights", "value": "disabled"}]
        ),
        drifted="settings",
    ),
    Case(
        type="aws:ecs/taskDefinition:TaskDefinition",
        inputs=definition(2048),
        drift=lambda w, m: w.boto("ecs").deregister_task_definition(taskDefinition=m.outputs["arn"]),
    ),
    Case(
        type="aws:ecs/service:Service",
        inputs=service(2),
        change=service(3),
        drift=drift_service,
        drifted="desiredCount",
    ),
)
