"""The entry point `python -m runbooks`."""

import sys

from runbooks import cli
from runbooks.aws import FAILURES
from runbooks.display import messages
from runbooks.error_codes import error_code, is_expired
from runbooks.errors import RunbookError


def main() -> None:
    """Runs the command line; an error is printed as one message, without a traceback."""
    try:
        sys.exit(cli.main(sys.argv[1:]))
    except RunbookError as error:
        messages.print(f"[bold red]error:[/] {error}", soft_wrap=True)
        sys.exit(error.exit_code)
    except FAILURES as error:
        message = "the credentials have expired: log in again" if is_expired(error) else f"{error_code(error)}: {error}"
        messages.print(f"[bold red]error:[/] {message}", soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        messages.print(
            "Interrupted. Run the same command again to continue, or `abort --execute` to end the operation."
        )
        sys.exit(130)


if __name__ == "__main__":
    main()
