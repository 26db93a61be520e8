"""The spending stop of a sandbox: a budget of its account, and an SCP that AWS Budgets attaches when it is spent.

An SCP instead of a policy in the account: guardrail F9 lets no role of a member account change the roles of the zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import budgets, iam, organizations

from components.documents import Statement, document, trusts
from components.sandbox.names import SandboxNames
from components.tokens import type_token

SPENDING: Final = (
    "athena:StartQueryExecution",
    "ec2:RunInstances",
    "ecs:RunTask",
    "glue:StartJobRun",
    "sagemaker:CreateApp",
    "sagemaker:CreateAutoMLJobV2",
    "sagemaker:CreateCluster",
    "sagemaker:CreateEndpoint",
    "sagemaker:CreateHyperParameterTuningJob",
    "sagemaker:CreateNotebookInstance",
    "sagemaker:CreateProcessingJob",
    "sagemaker:CreateTrainingJob",
    "sagemaker:CreateTransformJob",
    "sagemaker:StartNotebookInstance",
    "sagemaker:StartPipelineExecution",
    "sagemaker:UpdateEndpoint",
    "sagemaker:UpdateEndpointWeightsAndCapacities",
    "states:StartExecution",
)
"""Actions that start what is billed by time or by use."""
WARNING_PERCENT: Final = 80.0
"""Per cent of the budget at which AWS Budgets sends the first message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpendingStopArgs:
    """A spending stop; its resources are in the management account, which pays."""

    names: SandboxNames
    management_account_id: str
    organization_id: pulumi.Input[str]
    account_id: pulumi.Input[str]
    """Account of the sandbox."""
    boundary_arn: pulumi.Input[str]
    """Permissions boundary of roles in the management account."""
    budget_usd: int
    """Budget of a month, in USD."""
    notify: Sequence[str]
    """E-mail addresses."""


class SpendingStop(pulumi.ComponentResource):
    """`hipaa-ml:sandbox:SpendingStop`: the budget of a sandbox with an automatic action.

    Creates an `aws.budgets.Budget` and a `BudgetAction`, an `aws.organizations.Policy` (SCP) that is attached to
    nothing until the budget is spent, and the `aws.iam.Role` with which AWS Budgets attaches it.
    """

    def __init__(self, name: str, args: SpendingStopArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        policy = organizations.Policy(
            f"{name}-policy",
            name=args.names.spending,
            description="Denies new spending in a sandbox whose budget is spent",
            type="SERVICE_CONTROL_POLICY",
            content=document([{"Sid": "SpendingStop", "Effect": "Deny", "Action": list(SPENDING), "Resource": "*"}]),
            opts=child,
        )
        role = iam.Role(
            f"{name}-role",
            name=args.names.spending,
            description="AWS Budgets attaches the spending stop to the account of a sandbox",
            assume_role_policy=document([trusts("budgets.amazonaws.com", args.management_account_id)]),
            permissions_boundary=args.boundary_arn,
            opts=child,
        )
        rights = iam.RolePolicy(f"{name}-rights", role=role.id, policy=document([_attach(args, policy.id)]), opts=child)
        budget = budgets.Budget(
            f"{name}-budget",
            name=args.names.spending,
            budget_type="COST",
            limit_amount=f"{args.budget_usd:.1f}",
            limit_unit="USD",
            time_unit="MONTHLY",
            cost_filters=[budgets.BudgetCostFilterArgs(name="LinkedAccount", values=[args.account_id])],
            notifications=[
                budgets.BudgetNotificationArgs(
                    notification_type="ACTUAL",
                    comparison_operator="GREATER_THAN",
                    threshold=WARNING_PERCENT,
                    threshold_type="PERCENTAGE",
                    subscriber_email_addresses=list(args.notify),
                )
            ],
            opts=child,
        )
        budgets.BudgetAction(
            f"{name}-action",
            budget_name=budget.name,
            action_type="APPLY_SCP_POLICY",
            approval_model="AUTOMATIC",
            notification_type="ACTUAL",
            execution_role_arn=role.arn,
            action_threshold=budgets.BudgetActionActionThresholdArgs(
                action_threshold_type="PERCENTAGE", action_threshold_value=100.0
            ),
            definition=budgets.BudgetActionDefinitionArgs(
                scp_action_definition=budgets.BudgetActionDefinitionScpActionDefinitionArgs(
                    policy_id=policy.id, target_ids=[args.account_id]
                )
            ),
            subscribers=[
                budgets.BudgetActionSubscriberArgs(address=address, subscription_type="EMAIL")
                for address in args.notify
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[rights]),
        )
        self.policy_id, self.budget_name = policy.id, budget.name
        self.register_outputs({"policy_id": self.policy_id})


def _attach(args: SpendingStopArgs, policy_id: pulumi.Input[str]) -> Statement:
    """AWS Budgets attaches the policy to the account, and detaches it when the action is reversed."""
    owner = args.management_account_id
    return {
        "Sid": "AttachSpendingStop",
        "Effect": "Allow",
        "Action": ["organizations:AttachPolicy", "organizations:DetachPolicy"],
        "Resource": [
            pulumi.Output.format(
                "arn:aws:organizations::{0}:policy/{1}/service_control_policy/{2}",
                owner,
                args.organization_id,
                policy_id,
            ),
            pulumi.Output.format(
                "arn:aws:organizations::{0}:account/{1}/{2}", owner, args.organization_id, args.account_id
            ),
        ],
    }
