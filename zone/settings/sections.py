"""The parts of the settings, each with the values it allows and safe defaults."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from zone.settings import types as t


class Strict(BaseModel):
    """Immutable, unknown keys refused, no silent conversion of one type into another."""

    # `defer_build`: validators are built by the first validation, which keeps the import fast.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Organization(Strict):
    """The organisation itself."""

    id: t.OrganizationId | None = None
    """Of one that exists already: it is adopted instead of created."""
    alias_prefix: t.Prefix | None = None
    """Begins each account's sign-in alias, which is unique over all of AWS; none means no aliases."""


class Regions(Strict):
    """Where the zone is."""

    primary: t.Region
    recovery: t.Region
    residency: t.Residency

    @property
    def all(self) -> tuple[str, ...]:
        """Both regions, primary first."""
        return (self.primary, self.recovery)


class Account(Strict):
    """A member account."""

    email: t.Email
    ou: t.OuPath
    id: t.AccountId | None = None
    """Of one that exists already: it is adopted instead of created."""
    environment: t.Environment | None = None
    """Follows from the OU if it is not given (`zone/settings/placement.py`)."""
    data_classification: t.Classification | None = None
    """Follows from the OU if it is not given."""
    monthly_usd: t.Dollars | None = None
    networks: dict[t.Region, t.Cidr] = Field(default_factory=dict)
    """Region -> CIDR of the account's VPC there."""
    administers: list[t.Service] = Field(default_factory=list)
    """Services this account is the delegated administrator of."""


class LogArchive(Strict):
    """Where records are kept, and how long."""

    account: t.AccountName
    record_days: Annotated[int, Field(ge=2192, le=36500)] = 2192
    """Days that records are locked: six years at least, 45 CFR 164.316(b)(2)(i)."""
    operational_days: t.LogRetention = 365
    """Days that CloudWatch Logs keeps log events."""
    glacier_after_days: Annotated[int, Field(ge=1, le=2191)] = 90
    """Days after which records move to Glacier."""


class Contact(Strict):
    """Whom AWS calls."""

    name: t.Name
    title: t.Title
    email: t.Email
    phone: t.Phone


class Contacts(Strict):
    """Alternate contacts of every account."""

    security: Contact
    operations: Contact | None = None
    billing: Contact | None = None

    def given(self) -> list[tuple[t.ContactKind, Contact]]:
        """Kind in AWS's words -> contact, for those that are set."""
        kinds: list[tuple[t.ContactKind, Contact | None]] = [
            ("SECURITY", self.security),
            ("OPERATIONS", self.operations),
            ("BILLING", self.billing),
        ]
        return [(kind, contact) for kind, contact in kinds if contact is not None]


class Budget(Strict):
    """The budget of an account that names none."""

    monthly_usd: t.Dollars
    notify: Annotated[list[t.Email], Field(min_length=1, max_length=10)]
    """AWS Budgets takes ten addresses a notification."""


class GitHub(Strict):
    """The repository whose workflows deploy and preview."""

    owner: t.GitHubOwner
    repository: t.GitHubName
    environment: t.GitHubName = "production"
    """The GitHub environment, with its approvals, that deployments run in."""

    @property
    def deploy_subject(self) -> str:
        """`sub` of the token of a job in the deployment environment."""
        return f"repo:{self.owner}/{self.repository}:environment:{self.environment}"

    @property
    def preview_subject(self) -> str:
        """`sub` of the token of a pull request's job."""
        return f"repo:{self.owner}/{self.repository}:pull_request"


class BreakGlass(Strict):
    """Emergency access, 45 CFR 164.312(a)(2)(ii)."""

    principals: Annotated[list[t.PrincipalArn], Field(min_length=1)]
    """Who may assume the role, with MFA. Not through IAM Identity Center: its sessions carry no MFA, and it may be what
    is down."""
    notify: Annotated[list[t.Email], Field(min_length=1)]


class PolicyLimit(Strict):
    """AWS's limit for one type of organisation policy."""

    policies: Annotated[int, Field(ge=2, le=100)]
    """Attached to one target, AWS's own FullAWSAccess included."""
    characters: Annotated[int, Field(ge=1000, le=100_000)]


class Guardrails(Strict):
    """Limits of the organisation, where they differ from `controls.limits`."""

    service_control_policies: PolicyLimit | None = None
    resource_control_policies: PolicyLimit | None = None


class Assignment(Strict):
    """A group of people with a permission set in some accounts."""

    permission_set: t.PermissionSet
    group_id: t.GroupId
    """Of the group in the identity store."""
    accounts: Annotated[list[str], Field(min_length=1)]


class IdentityCenter(Strict):
    """IAM Identity Center, enabled by hand once: AWS has no API for it."""

    instance_arn: t.InstanceArn
    assignments: list[Assignment] = Field(default_factory=list)


class Tags(Strict):
    """Tags of every resource."""

    owner: t.TagValue
    project: t.TagValue
