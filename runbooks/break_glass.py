"""Emergency access, 45 CFR 164.312(a)(2)(ii): one command with the rights of the break-glass role."""

import os
import subprocess
from argparse import Namespace

from rich.markup import escape

from runbooks import display
from runbooks.aws import Aws
from runbooks.errors import BadInputError


def break_glass(arguments: Namespace) -> int:
    """Run one command with emergency rights: `break-glass … -- COMMAND`. The alarm of the role is raised at once.

    The credentials are valid for an hour and exist in the environment of the command only.
    """
    account, reason = str(arguments.account), str(arguments.reason)
    if len(account) != 12 or not account.isdecimal():  # noqa: PLR2004 - an account's id
        raise BadInputError(f"--account is {account!r}; allowed: 12 digits")
    if len(reason.strip()) < 10:  # noqa: PLR2004 - "asdf" explains nothing to an auditor
        raise BadInputError("--reason must say why, in at least 10 characters")
    if not arguments.passed_on:
        raise BadInputError("name the command to run, after --")
    session = "".join(
        character if character.isalnum() or character in "=,.@-" else "-" for character in reason.strip()
    )[:64]
    mfa, region = arguments.mfa, str(arguments.region)
    second: dict[str, str] = {"SerialNumber": mfa, "TokenCode": display.prompt("MFA code")} if mfa else {}
    credentials = (
        Aws(on_message=display.show_message)
        .client("sts", region)
        .assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/{arguments.prefix}-break-glass",
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
    return subprocess.run(arguments.passed_on, env=environment, check=False).returncode  # noqa: S603 - the person's own command
