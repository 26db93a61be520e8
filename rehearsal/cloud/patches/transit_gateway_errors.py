"""EC2's errors for unknown and unavailable Transit Gateways and attachments."""

from typing import Any

from moto.ec2.exceptions import EC2ClientError


def missing(code: str) -> Any:
    """Return a patch of a function which raises an error of EC2 where moto raises KeyError."""

    def patch(original: Any) -> Any:
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return original(self, *args, **kwargs)
            except KeyError as error:
                raise EC2ClientError(code, f"{error} was deleted or does not exist.") from error

        return call

    return patch


def check_available(attachment: Any, id_: str) -> None:
    """Refuse an attachment that does not exist or is in another state than `available`.

    Raises:
        EC2ClientError: `InvalidTransitGatewayAttachmentID.NotFound` or `IncorrectState`.
    """
    if attachment is None:
        raise EC2ClientError(
            "InvalidTransitGatewayAttachmentID.NotFound",
            f"Transit Gateway Attachment {id_} was deleted or does not exist.",
        )
    if attachment.state != "available":
        raise EC2ClientError("IncorrectState", f"{id_} is in invalid state: {attachment.state}")
