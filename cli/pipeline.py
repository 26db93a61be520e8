"""The rehearsed pipeline: stacks after the baselines are deployed with the web identity of a GitHub Actions job."""

from typing import Final

from rehearsal.provider import WebIdentity, unsigned_token
from zone.plan import graph, make_plan
from zone.settings import Settings

ISSUER: Final = "https://token.actions.githubusercontent.com"
AUDIENCE: Final = "sts.amazonaws.com"


def web_identity(settings: Settings) -> WebIdentity:
    """The web identity of a deployment job, and the stacks that it deploys: all except the foundation.

    On AWS an operator deploys the foundation with credentials of the management account, since the role that trusts
    GitHub comes with `baseline-management`; from then on `.github/workflows/deploy.yml` deploys.
    """
    return WebIdentity(
        role_arn=f"arn:aws:iam::{settings.management_account_id}:role/{settings.zone.deploy_role}",
        token=unsigned_token({"iss": ISSUER, "aud": AUDIENCE, "sub": settings.github.deploy_subject}),
        session_name="GitHubActions",
        stacks=[stack for stack in make_plan(settings).stacks.names if not graph.is_foundation(stack)],
    )
