"""Emergency access, 45 CFR 164.312(a)(2)(ii): one command with the rights of the break-glass role."""

import os
import subprocess
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from runbooks import display
from runbooks.aws import Aws
from runbooks.errors import BadInputError

PASSED_ON: Final[dict[str, Any]] = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Arguments after `--` belong to the command that is run."""


def break_glass(
    context: typer.Context,
    account: Annotated[str, typer.Option("--account", help="Id of the account, 12 digits.")],
    region: Annotated[str, typer.Option("--region", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"])],
    reason: Annotated[
        str, typer.Option("--reason", help="The reason; CloudTrail records it as the name of the session.")
    ],
    mfa: Annotated[
        str | None, typer.Option("--mfa", help="ARN of your MFA device; the command prompts for its code.")
    ] = None,
    prefix: Annotated[str, typer.Option("--prefix", help="The zone's name prefix.")] = "hipaa-ml",
) -> None:
    """Run one command with emergency rights: `break-glass … -- COMMAND`. The alarm of the role is raised at once.

    The credentials are valid for an hour and exist in the environment of the command only.
    """
    if len(account) != 12 or not account.isdecimal():  # noqa: PLR2004 - an account's id
        raise BadInputError(f"--account is {account!r}; allowed: 12 digits")
    if len(reason.strip()) < 10:  # noqa: PLR2004 - "asdf" explains nothing to an auditor
        raise BadInputError("--reason must say why, in at least 10 characters")
    if not context.args:
        raise BadInputError("name the command to run, after --")
    session = "".join(
        character if character.isalnum() or character in "=,.@-" else "-" for character in reason.strip()
    )[:64]
    second: dict[str, str] = {"SerialNumber": mfa, "TokenCode": str(typer.prompt("MFA code", err=True))} if mfa else {}
    credentials = (
        Aws(on_message=display.show_message)
        .client("sts", region)
        .assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/{prefix}-break-glass",
            RoleSessionName=session,
            DurationSeconds=3600,
            **second,
        )["Credentials"]
    )
    environment = {
        **{name: value for name, value in os.environ.items() if name != "AWS_PROFILE"},
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
        "AWS_REGION": region,
    }
    display.messages.print(
        f"[bold red]the glass is broken[/] in {account}: {escape(reason)}; the alarm has been raised"
    )
    raise typer.Exit(subprocess.run(context.args, env=environment, check=False).returncode)  # noqa: S603 - the person's own command
