"""The parts of the settings, each with the values it allows and safe defaults."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from zone.settings import types as t


class StrictModel(BaseModel):
    """Immutable, unknown keys refused, no silent conversion of one type into another."""

    # `defer_build`: validators are built by the first validation, which keeps the import fast.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Organization(StrictModel):
    """The AWS organisation."""

    id: t.OrganizationId | None = None
    """ID of an existing organisation, `o-…`, which is adopted; if not set, an organisation is created."""
    email: t.Email | None = None
    """E-mail address of the management account's root user. If not set, Macie does not cover the management account."""
    alias_prefix: t.Prefix | None = None
    """First part of each account's sign-in alias, `<prefix>-<account>`. An alias is unique across all of AWS. If not
    set, no aliases are created."""


class Regions(StrictModel):
    """The AWS regions of the zone."""

    primary: t.Region
    """AWS region that workloads run in, for example `us-east-1`."""
    recovery: t.Region
    """AWS region that workloads fail over to; it differs from `primary`."""
    residency: t.Residency
    """Residency group (`controls/residency.py`) that both regions belong to; guardrails deny every region outside of
    it."""

    @property
    def all(self) -> tuple[str, ...]:
        """Both regions, primary first."""
        return (self.primary, self.recovery)


class Account(StrictModel):
    """A member account."""

    email: t.Email
    """E-mail address of the account's root user, unique across all of AWS."""
    ou: t.OuPath
    """Path of the organisational unit that holds the account, as in `organizational_units`."""
    id: t.AccountId | None = None
    """ID of an existing account, 12 digits in quotes, which is adopted; if not set, an account is created."""
    name: t.Name | None = None
    """Name of the account in AWS, for example `Log Archive`; the key of the account if not set."""
    state: t.AccountState = "active"
    """`suspended`: the account is in the OU with the role `suspended` and has no stacks. `closed`: the account is
    closed in AWS and no longer managed; the entry stays, since AWS never releases its e-mail address."""
    environment: t.Environment | None = None
    """Environment of the account. It follows from the OU (`zone/settings/placement.py`); another value is refused."""
    data_classification: t.Classification | None = None
    """Classification of the data that the account may hold. It follows from the OU; only less sensitive data may be
    configured: `phi` before `de-identified` before `synthetic`."""
    monthly_usd: t.Dollars | None = None
    """Monthly budget in USD; `budget.monthly_usd` if not set."""
    networks: dict[t.Region, t.Cidr] = Field(default_factory=dict)
    """Region -> CIDR of the account's VPC in that region."""
    administers: list[t.Service] = Field(default_factory=list)
    """AWS services that the account is the delegated administrator of."""


class LogArchive(StrictModel):
    """Storage and retention of the audit records."""

    account: t.AccountName
    """Name of the account that stores the audit records."""
    record_days: Annotated[int, Field(ge=2192, le=36500)] = 2192
    """Days that records are locked: at least six years, 45 CFR 164.316(b)(2)(i)."""
    operational_days: t.LogRetention = 365
    """Days that CloudWatch Logs keeps log events."""
    glacier_after_days: Annotated[int, Field(ge=1, le=2191)] = 90
    """Days after which records move to Glacier; fewer than `record_days`."""


class Contact(StrictModel):
    """A person or team that AWS contacts."""

    name: t.Name
    """Name of the contact, 1 to 64 characters."""
    title: t.Title
    """Job title of the contact, 1 to 50 characters."""
    email: t.Email
    """E-mail address of the contact."""
    phone: t.Phone
    """Telephone number of the contact, for example `+1-555-0100`."""


class Contacts(StrictModel):
    """Alternate contacts of every account."""

    security: Contact
    """Contact for security notices."""
    operations: Contact | None = None
    """Contact for operational notices; if not set, AWS writes to the root user's address."""
    billing: Contact | None = None
    """Contact for billing notices; if not set, AWS writes to the root user's address."""

    def configured(self) -> list[tuple[t.ContactKind, Contact]]:
        """The configured contacts, each with its contact type of the AWS Account Management API."""
        kinds: list[tuple[t.ContactKind, Contact | None]] = [
            ("SECURITY", self.security),
            ("OPERATIONS", self.operations),
            ("BILLING", self.billing),
        ]
        return [(kind, contact) for kind, contact in kinds if contact is not None]


class Budget(StrictModel):
    """Monthly budget of an account without one of its own."""

    monthly_usd: t.Dollars
    """Monthly budget in USD."""
    notify: Annotated[list[t.Email], Field(min_length=1, max_length=10)]
    """E-mail addresses that each budget notifies, at most ten (limit of AWS Budgets)."""


class GitHub(StrictModel):
    """The GitHub repository whose workflows deploy and preview the stacks."""

    owner: t.GitHubOwner
    """User or organisation that owns the repository."""
    repository: t.GitHubName
    """Name of the repository."""
    environment: t.GitHubName = "production"
    """GitHub environment that deployments run in, with its approvals."""

    @property
    def deploy_subject(self) -> str:
        """`sub` of the token of a job in the deployment environment."""
        return f"repo:{self.owner}/{self.repository}:environment:{self.environment}"

    @property
    def preview_subject(self) -> str:
        """`sub` of the token of a pull request's job."""
        return f"repo:{self.owner}/{self.repository}:pull_request"

    @property
    def plan_subject(self) -> str:
        """`sub` of the token of a job on the branch that is deployed, outside of any environment."""
        return f"repo:{self.owner}/{self.repository}:ref:refs/heads/main"


class BreakGlass(StrictModel):
    """Emergency access, 45 CFR 164.312(a)(2)(ii)."""

    principals: Annotated[list[t.PrincipalArn], Field(min_length=1)]
    """ARNs of the users and roles that may assume the break-glass role, with MFA. Users of IAM Identity Center are not
    suitable: their sessions carry no MFA, and Identity Center itself may be unavailable."""
    notify: Annotated[list[t.Email], Field(min_length=1)]
    """E-mail addresses that are notified when the break-glass role is used."""


class PolicyLimit(StrictModel):
    """AWS's limit for one type of organisation policy."""

    policies: Annotated[int, Field(ge=2, le=100)]
    """Maximum number of policies attached to one target, AWS's own FullAWSAccess included."""
    characters: Annotated[int, Field(ge=1000, le=100_000)]
    """Maximum size of one policy, in characters."""


class Functions(StrictModel):
    """Lambda functions of the zone."""

    reserved_concurrency: Annotated[int, Field(ge=1, le=100)] | None = None
    """Concurrent executions that are reserved for each function of the zone; none if not set. Lambda keeps 100 of an
    account's concurrent executions unreserved (Lambda Developer Guide, "Configuring reserved concurrency"), and a new
    account may have a quota of 10, so that it can reserve none. Raise the quota before this is set."""


class Guardrails(StrictModel):
    """Limits of the organisation for policies, if they differ from `controls/limits.py`."""

    service_control_policies: PolicyLimit | None = None
    """Limit for service control policies (SCPs); the one in `controls/limits.py` if not set."""
    resource_control_policies: PolicyLimit | None = None
    """Limit for resource control policies (RCPs); the one in `controls/limits.py` if not set."""


class Assignment(StrictModel):
    """A group of IAM Identity Center with a permission set in some accounts."""

    permission_set: t.PermissionSet
    """Permission set that the group gets."""
    group_id: t.GroupId
    """ID of the group in the identity store."""
    accounts: Annotated[list[str], Field(min_length=1)]
    """Names of the accounts that the assignment applies to."""


class IdentityCenter(StrictModel):
    """IAM Identity Center. It is enabled once by hand because AWS has no API for it."""

    instance_arn: t.InstanceArn
    """ARN of the instance, `arn:aws:sso:::instance/ssoins-…`."""
    assignments: list[Assignment] = Field(default_factory=list)
    """Assignments of groups to permission sets and accounts."""


class Tags(StrictModel):
    """Tags of every resource."""

    owner: t.TagValue
    """Value of the tag `owner`: who is responsible for the resource."""
    project: t.TagValue
    """Value of the tag `project`, for cost allocation."""
