"""The lives of the emulated types of IPAM, Backup audits, conformance packs, Access Analyzer and Lambda."""

from typing import Any

from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import CreatedResource
from tests.rehearsal.provider.provider_cases import Case, World

BACKUP = "aws:backup/"
IPAM = "aws:ec2/vpcIpam"
PACK = '{"Resources": {"Rule": {"Type": "AWS::Config::ConfigRule", "Properties": {}}}}'


def ipam(world: World) -> CreatedResource:
    return world.once("ipam", f"{IPAM}:VpcIpam", lambda: manager("ipam"))


def manager(description: str, *regions: str) -> Values:
    names = ("us-east-1", *regions)
    return {"description": description, "operatingRegions": [{"regionName": region} for region in names]}


def pool(world: World, description: str) -> Values:
    return {
        "addressFamily": "ipv4",
        "ipamScopeId": ipam(world).outputs["privateDefaultScopeId"],
        "locale": "us-east-1",
        "description": description,
        "allocationMinNetmaskLength": 16,
        "tags": {"a": description},
    }


def a_pool(world: World) -> CreatedResource:
    return world.once("pool", f"{IPAM}Pool:VpcIpamPool", lambda: pool(world, "pool"))


def framework(description: str) -> Values:
    parameter = {"name": "requiredRetentionDays", "value": "35"}
    control = {
        "name": "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",
        "inputParameters": [parameter],
        "scope": {"complianceResourceTypes": ["S3"]},
    }
    return {"name": "framework", "description": description, "controls": [control], "tags": {"a": description}}


def restore_plan(schedule: str) -> Values:
    return {
        "name": "restores",
        "scheduleExpression": schedule,
        "recoveryPointSelection": {
            "algorithm": "LATEST_WITHIN_WINDOW",
            "includeVaults": ["*"],
            "recoveryPointTypes": ["SNAPSHOT"],
        },
    }


def selection(world: World, hours: int) -> Values:
    plan = world.once(
        "restore-plan",
        f"{BACKUP}restoreTestingPlan:RestoreTestingPlan",
        lambda: {**restore_plan("rate(7 days)"), "name": "tested"},
    )
    return {
        "name": "tables",
        "restoreTestingPlanName": plan.id,
        "protectedResourceType": "DynamoDB",
        "protectedResourceArns": ["*"],
        "iamRoleArn": world.role.outputs["arn"],
        "validationWindowHours": hours,
    }


def pack(world: World, *parameters: dict[str, str]) -> Values:
    assert world.root
    excluded = [account["Id"] for account in world.boto("organizations").list_accounts()["Accounts"]]
    return {"name": "pack", "templateBody": PACK, "excludedAccounts": excluded, "inputParameters": list(parameters)}


def code(text: str) -> Any:
    asset = {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "text": text}
    signature = {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7"}
    return {**signature, "assets": {"handler.py": asset}}


def function(world: World, name: str, timeout: int) -> Values:
    world.cloud.raise_quota("executions", "us-east-1", 1000)
    return {
        "name": name,
        "runtime": "python3.13",
        "handler": "handler.handler",
        "role": world.role.outputs["arn"],
        "code": code("def handler(event, context): return event"),
        "timeout": timeout,
        "memorySize": 256,
        "reservedConcurrentExecutions": 1,
        "tags": {"a": str(timeout)},
    }


def permission(world: World) -> Values:
    invoked = world.once("function", "aws:lambda/function:Function", lambda: function(world, "invoked", 3))
    return {
        "function": invoked.id,
        "action": "lambda:InvokeFunction",
        "principal": "secretsmanager.amazonaws.com",
        "sourceAccount": world.account,
    }


CASES = (
    Case(
        type=f"{IPAM}OrganizationAdminAccount:VpcIpamOrganizationAdminAccount",
        inputs=lambda w: {"delegatedAdminAccountId": w.member.id},
        drift=lambda w, m: w.boto("ec2").disable_ipam_organization_admin_account(DelegatedAdminAccountId=m.id),
    ),
    Case(
        type=f"{IPAM}:VpcIpam",
        inputs=lambda _: {**manager("first"), "tags": {"a": "b"}},
        change=lambda _: {**manager("second", "us-west-2"), "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("ec2").modify_ipam(IpamId=m.id, Description="drifted"),
        drifted="description",
    ),
    Case(
        type=f"{IPAM}Pool:VpcIpamPool",
        inputs=lambda w: pool(w, "first"),
        change=lambda w: pool(w, "second"),
        drift=lambda w, m: w.boto("ec2").modify_ipam_pool(IpamPoolId=m.id, Description="drifted"),
        drifted="description",
    ),
    Case(
        type=f"{IPAM}PoolCidr:VpcIpamPoolCidr",
        inputs=lambda w: {"ipamPoolId": a_pool(w).id, "cidr": "10.32.0.0/13"},
        drift=lambda w, m: w.boto("ec2").deprovision_ipam_pool_cidr(
            IpamPoolId=m.inputs["ipamPoolId"], Cidr=m.inputs["cidr"]
        ),
    ),
    Case(
        type=f"{BACKUP}framework:Framework",
        inputs=lambda _: framework("first"),
        change=lambda _: framework("second"),
        drift=lambda w, m: w.boto("backup").delete_framework(FrameworkName=m.id),
    ),
    Case(
        type=f"{BACKUP}restoreTestingPlan:RestoreTestingPlan",
        inputs=lambda _: restore_plan("cron(0 5 ? * SUN *)"),
        change=lambda _: restore_plan("rate(7 days)"),
        drift=lambda w, m: w.boto("backup").delete_restore_testing_plan(RestoreTestingPlanName=m.id),
    ),
    Case(
        type=f"{BACKUP}restoreTestingSelection:RestoreTestingSelection",
        inputs=lambda w: selection(w, 4),
        change=lambda w: selection(w, 8),
        drift=lambda w, m: w.boto("backup").delete_restore_testing_selection(
            RestoreTestingPlanName=m.inputs["restoreTestingPlanName"], RestoreTestingSelectionName="tables"
        ),
    ),
    Case(
        type=f"{BACKUP}globalSettings:GlobalSettings",
        inputs=lambda _: {"globalSettings": {"isCrossAccountBackupEnabled": "false"}},
        change=lambda _: {"globalSettings": {"isCrossAccountBackupEnabled": "true"}},
        stays=True,
    ),
    Case(
        type="aws:cfg/organizationConformancePack:OrganizationConformancePack",
        inputs=pack,
        change=lambda w: pack(w, {"parameterName": "a", "parameterValue": "b"}),
        drift=lambda w, m: w.boto("config").delete_organization_conformance_pack(OrganizationConformancePackName=m.id),
    ),
    Case(
        type="aws:accessanalyzer/analyzer:Analyzer",
        inputs=lambda _: {"analyzerName": "own", "type": "ACCOUNT", "tags": {"a": "b"}},
        change=lambda _: {"analyzerName": "own", "type": "ACCOUNT", "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("accessanalyzer").delete_analyzer(analyzerName=m.id),
    ),
    Case(
        type="aws:lambda/function:Function",
        inputs=lambda w: function(w, "function", 3),
        change=lambda w: function(w, "function", 30),
        drift=lambda w, m: w.boto("lambda").update_function_configuration(FunctionName=m.id, Timeout=60),
        drifted="timeout",
    ),
    Case(
        type="aws:lambda/permission:Permission",
        inputs=permission,
        drift=lambda w, m: w.boto("lambda").remove_permission(FunctionName=m.inputs["function"], StatementId=m.id),
    ),
)
