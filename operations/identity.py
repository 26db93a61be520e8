"""The account and principal of the credentials that a command was started with."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own class of connection errors
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from inspection.aws import Aws
from operations.errors import OperationError

SIGN_IN: Final = "Sign in again (`aws sso login`, or new credentials of the role), and repeat the command."
NO_CREDENTIALS: Final = (
    "No AWS credentials were found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "
    "AWS_SESSION_TOKEN, or sign in with `aws sso login`. No changes were made."
)
EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
"""Error codes of a session that has ended (IAM User Guide, "Troubleshoot IAM"; STS, "Common Errors")."""
INVALID: Final = frozenset(
    {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "AuthFailure",
        "InvalidAccessKeyId",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """The principal of the credentials."""

    account: str
    arn: str


@contextmanager
def aws_errors() -> Generator[None, None, None]:
    """Turns botocore's errors into messages that say what to do.

    Raises:
        OperationError: no credentials, an expired or invalid session, no connection, or a request that AWS refused.
    """
    try:
        yield
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise OperationError(NO_CREDENTIALS) from error
    except ProfileNotFound as error:
        raise OperationError(f"{error}. Correct AWS_PROFILE, or add the profile with `aws configure sso`.") from error
    except (SSOError, TokenRetrievalError, CredentialRetrievalError) as error:
        raise OperationError(f"The AWS session is over or cannot be renewed: {error}. {SIGN_IN}") from error
    except (ConnectionError, HTTPClientError) as error:
        raise OperationError(
            f"AWS cannot be reached: {error}. Check the network, a proxy and AWS_ENDPOINT_URL, and repeat the command; "
            "what was done before is kept."
        ) from error
    except ClientError as error:
        raise OperationError(_refusal(error)) from error
    except BotoCoreError as error:
        raise OperationError(f"AWS cannot be asked: {error}") from error


def _refusal(error: ClientError) -> str:
    details = error.response.get("Error", {})
    code, message = details.get("Code", ""), details.get("Message", "")
    if code in EXPIRED:
        return f"The AWS session has expired ({code}). {SIGN_IN}"
    if code in INVALID:
        return f"AWS does not accept the credentials ({code}: {message}). {SIGN_IN}"
    return f"AWS refused {error.operation_name}: {code}: {message}"


def require_account(aws: Aws, expected: str, region: str) -> Caller:
    """The caller, who must be in the expected account.

    Args:
        aws: access with the credentials of the environment.
        expected: 12-digit id of the management account.
        region: AWS region whose STS endpoint is asked.

    Raises:
        OperationError: the credentials are missing, not valid, or of another account.
    """
    with aws_errors():
        answer = aws.client("sts", region=region).get_caller_identity()
    caller = Caller(account=answer["Account"], arn=answer["Arn"])
    if caller.account != expected:
        raise OperationError(
            f"The credentials are of the account {caller.account} ({caller.arn}), and management_account_id in "
            f"Pulumi.yaml is {expected}. Use credentials of the management account. No changes were made."
        )
    return caller
