"""The only place where providers are made: one for each account and region, each unable to act in another account."""

import pulumi
import pulumi_aws as aws

from stacks.contracts import OrganizationOutputs
from zone.plan import Plan, graph
from zone.settings import MANAGEMENT


class Providers:
    """Makes a provider the first time an account and region is asked for.

    In the management account a stack acts with the credentials it was started with. In a member account it assumes a
    role: foundation stacks the access role that AWS Organizations creates, all other stacks the deploy role of the
    account's baseline, unless the setting `assume_role` names another. `allowed_account_ids` makes the provider refuse
    to work if it finds itself anywhere else.
    """

    def __init__(self, plan: Plan, organization: OrganizationOutputs | None = None) -> None:
        self._plan = plan
        self._settings = plan.settings
        self._organization = organization
        self._made: dict[tuple[str, str], aws.Provider] = {}

    def of(self, account: str, region: str | None = None) -> aws.Provider:
        """The provider for an account by its name, in the primary region unless another is given."""
        key = (account, region or self._settings.regions.primary)
        if key not in self._made:
            self._made[key] = self._make(*key)
        return self._made[key]

    def options(self, account: str, region: str | None = None) -> pulumi.ResourceOptions:
        """Options that put a component and all its children into an account and region."""
        return pulumi.ResourceOptions(providers=[self.of(account, region)])

    def account_id(self, account: str) -> pulumi.Input[str]:
        """The id of an account by its name."""
        if account == MANAGEMENT:
            return self._settings.management_account_id
        if self._organization is None:
            raise ValueError(f"the id of account {account!r} is an output of the stack 'organization': read it first")
        return self._organization.account_id(account)

    def _role(self) -> str:
        """The role that the running stack assumes in member accounts by default."""
        settings = self._settings
        foundation = graph.is_foundation(pulumi.get_stack())
        return settings.account_access_role if foundation else settings.zone.deploy_role

    def _make(self, account: str, region: str) -> aws.Provider:
        settings = self._settings
        account_id = self.account_id(account)
        role = settings.assume_role or self._role()
        assumed = [
            aws.ProviderAssumeRoleArgs(
                role_arn=pulumi.Output.format("arn:aws:iam::{0}:role/{1}", account_id, role),
                session_name=f"{settings.name_prefix}-{account}"[:64],
            )
        ]
        return aws.Provider(
            f"{account}-{region}",
            region=region,
            allowed_account_ids=[account_id],
            assume_roles=None if account == MANAGEMENT else assumed,
            default_tags=aws.ProviderDefaultTagsArgs(tags={**self._plan.accounts[account].tags}),
        )
