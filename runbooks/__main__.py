"""The entry point `python -m runbooks`."""

import sys

from runbooks.aws import FAILURES
from runbooks.cli import app
from runbooks.display import messages
from runbooks.error_codes import error_code, is_expired
from runbooks.errors import RunbookError


def main() -> None:
    """Runs the command line; an error is printed as one message, without a traceback."""
    try:
        app()
    except RunbookError as error:
        messages.print(f"[bold red]error:[/] {error}", soft_wrap=True)
        sys.exit(error.exit_code)
    except FAILURES as error:
        message = "the credentials have expired: log in again" if is_expired(error) else f"{error_code(error)}: {error}"
        messages.print(f"[bold red]error:[/] {message}", soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        messages.print("Interrupted. Run the same command again to continue.")
        sys.exit(130)


if __name__ == "__main__":
    main()
