"""The roles `deploy` and `preview` of the pipeline in an account, by GitHub's OIDC, and the boundary of other roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
from pulumi_aws import iam

from components.baseline import rights
from components.baseline.boundary import boundary as boundary_statements
from components.documents import Statement, document
from components.tokens import type_token

ISSUER: Final = "token.actions.githubusercontent.com"
VIEW: Final = ("arn:aws:iam::aws:policy/SecurityAudit", "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess")
SESSION_SECONDS: Final = 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class PipelineRolesArgs:
    """The pipeline's roles in one account."""

    prefix: str
    account_id: pulumi.Input[str]
    management_account_id: str
    kind: Literal["management", "security", "infrastructure", "workload", "sandbox"]
    regions: Sequence[str]
    deploy_role: str
    preview_role: str
    boundary_policy: str
    protected_roles: Sequence[str]
    """Names of roles that the pipeline must not change or pass on."""
    access_role: str
    deploy_subject: str
    """`sub` of GitHub's token in the deployment environment."""
    preview_subject: str
    """`sub` of GitHub's token for pull requests."""
    plan_subject: str
    """`sub` of GitHub's token on the branch that is deployed: plans are made with the preview role."""
    issuer_arn: str | None = None
    """ARN of an existing OpenID Connect provider of GitHub, which is adopted."""

    def __post_init__(self) -> None:
        """Refuses a subject that more than one repository's jobs would match."""
        for subject in (self.deploy_subject, self.preview_subject, self.plan_subject):
            if "*" in subject or not subject.startswith("repo:") or "/" not in subject:
                raise ValueError(
                    f"PipelineRolesArgs: the subject {subject!r} must name one repository, repo:OWNER/NAME:…"
                )


class PipelineRoles(pulumi.ComponentResource):
    """`hipaa-ml:baseline:PipelineRoles`: the roles of the deployment pipeline.

    Creates an `aws.iam.OpenIdConnectProvider`, the boundary `aws.iam.Policy`, and the `aws.iam.Role`s `deploy` and
    `preview` with their policies; in the management account also policies for Pulumi's state.
    """

    def __init__(self, name: str, args: PipelineRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self._issuer = iam.OpenIdConnectProvider(
            f"{name}-github",
            url=f"https://{ISSUER}",
            client_id_lists=["sts.amazonaws.com"],
            opts=pulumi.ResourceOptions(parent=self, import_=args.issuer_arn),
        )
        boundary_arn = pulumi.Output.format("arn:aws:iam::{0}:policy/{1}", args.account_id, args.boundary_policy)
        scope = rights.Scope(
            prefix=args.prefix,
            account_id=args.account_id,
            regions=args.regions,
            boundary_arn=boundary_arn,
            own_role_arns=[
                pulumi.Output.format("arn:aws:iam::{0}:role/{1}", args.account_id, role)
                for role in args.protected_roles
            ],
            management_account_id=args.management_account_id,
            access_role=args.access_role,
        )
        boundary = iam.Policy(
            f"{name}-boundary",
            name=args.boundary_policy,
            description="The most that roles of this account can do; guardrail F9 asks for it",
            policy=document(boundary_statements(args.kind, scope)),
            opts=self._child,
        )
        deploy = self._role("deploy", args.deploy_role, [args.deploy_subject], rights.deploy(args.kind, scope))
        readers = [args.preview_subject, args.plan_subject]
        preview = self._role("preview", args.preview_role, readers, rights.preview(args.kind, scope), VIEW)
        if args.kind == "management":
            self._attach_state_rights("deploy", args.deploy_role, deploy, rights.state(scope, writes=True))
            self._attach_state_rights("preview", args.preview_role, preview, rights.state(scope, writes=False))
        self.deploy_arn, self.preview_arn = deploy.arn, preview.arn
        self.boundary_arn = boundary.arn
        self.register_outputs(
            {"deploy_arn": self.deploy_arn, "preview_arn": self.preview_arn, "boundary_arn": self.boundary_arn}
        )

    def _role(
        self,
        use: str,
        role_name: str,
        subjects: Sequence[str],
        statements: Sequence[Statement],
        managed: Sequence[str] = (),
    ) -> iam.Role:
        name = f"{self._name}-{use}"
        role = iam.Role(
            f"{name}-role",
            name=role_name,
            description=f"GitHub Actions: {use}",
            assume_role_policy=document(self._trust(role_name, subjects)),
            max_session_duration=SESSION_SECONDS,
            opts=self._child,
        )
        policy = iam.Policy(f"{name}-policy", name=role_name, policy=document(statements), opts=self._child)
        iam.RolePolicyAttachment(f"{name}-rights", role=role.name, policy_arn=policy.arn, opts=self._child)
        for arn in managed:
            iam.RolePolicyAttachment(
                f"{name}-{arn.rpartition('/')[2]}", role=role.name, policy_arn=arn, opts=self._child
            )
        return role

    def _attach_state_rights(self, use: str, role_name: str, role: iam.Role, statements: Sequence[Statement]) -> None:
        """Attaches the rights on Pulumi's state, as a policy of their own."""
        name = f"{self._name}-{use}-state"
        policy = iam.Policy(f"{name}-policy", name=f"{role_name}-state", policy=document(statements), opts=self._child)
        iam.RolePolicyAttachment(f"{name}-rights", role=role.name, policy_arn=policy.arn, opts=self._child)

    def _trust(self, role_name: str, subjects: Sequence[str]) -> Sequence[Statement]:
        """Trusts the jobs of one repository, and in member accounts the role of the management account."""
        github: Statement = {
            "Sid": "GitHub",
            "Effect": "Allow",
            "Principal": {"Federated": self._issuer.arn},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    f"{ISSUER}:aud": "sts.amazonaws.com",
                    f"{ISSUER}:sub": subjects[0] if len(subjects) == 1 else list(subjects),
                }
            },
        }
        if self._args.kind == "management":
            return [github]
        management = self._args.management_account_id
        chained: Statement = {
            "Sid": "FromManagement",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{management}:root"},
            "Action": "sts:AssumeRole",
            "Condition": {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{management}:role/{role_name}"}},
        }
        return [github, chained]
