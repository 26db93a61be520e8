"""The versions of a model: registered by the training role, approved by another role, readable by the next account."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import sagemaker

from components.documents import Statement, document
from components.ml.approval import decision_statements
from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelRegistryArgs:
    """A group of versions."""

    group: str
    description: str
    account_id: pulumi.Input[str]
    region: str
    approver_role: str
    """Name of the role that approves versions; it differs from the role that registers them."""
    reader_account_ids: Sequence[pulumi.Input[str]] = ()
    """Accounts that deploy approved versions."""


class ModelRegistry(pulumi.ComponentResource):
    """`hipaa-ml:ml:ModelRegistry`: the registry of model versions.

    Creates an `aws.sagemaker.ModelPackageGroup`, retained, and its `ModelPackageGroupPolicy`.

    The policy denies the approval of a version to every principal except the approver (45 CFR 164.308(a)(4)(ii)(B)),
    and to a person whom the version names as its author.
    Guardrail M8 denies it in the organisation; this policy also applies where the policies of the organisation do not.
    """

    def __init__(self, name: str, args: ModelRegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        group = sagemaker.ModelPackageGroup(
            f"{name}-group",
            model_package_group_name=args.group,
            model_package_group_description=args.description,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        sagemaker.ModelPackageGroupPolicy(
            f"{name}-policy",
            model_package_group_name=group.model_package_group_name,
            resource_policy=document(_policy(args)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = group.arn
        self.name = group.model_package_group_name
        self.register_outputs({"arn": self.arn})


def _policy(args: ModelRegistryArgs) -> Sequence[Statement]:
    packages = pulumi.Output.format(
        "arn:aws:sagemaker:{0}:{1}:model-package/{2}/*", args.region, args.account_id, args.group
    )
    group = pulumi.Output.format(
        "arn:aws:sagemaker:{0}:{1}:model-package-group/{2}", args.region, args.account_id, args.group
    )
    approver = pulumi.Output.format("arn:aws:iam::{0}:role/{1}", args.account_id, args.approver_role)
    statements: list[Statement] = [
        {
            "Sid": "OnlyTheApproverApproves",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["sagemaker:CreateModelPackage", "sagemaker:UpdateModelPackage"],
            "Resource": packages,
            "Condition": {
                "StringEquals": {"sagemaker:ModelApprovalStatus": "Approved"},
                "ArnNotEquals": {"aws:PrincipalArn": approver},
            },
        },
        *decision_statements(packages),
    ]
    if args.reader_account_ids:
        readers = [
            pulumi.Output.format("arn:aws:iam::{0}:root", reader_account_id)
            for reader_account_id in args.reader_account_ids
        ]
        statements += [
            {
                "Sid": "ReadGroup",
                "Effect": "Allow",
                "Principal": {"AWS": readers},
                "Action": "sagemaker:DescribeModelPackageGroup",
                "Resource": group,
            },
            {
                "Sid": "ReadVersions",
                "Effect": "Allow",
                "Principal": {"AWS": readers},
                "Action": ["sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"],
                "Resource": packages,
            },
        ]
    return statements
