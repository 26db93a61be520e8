"""ACM: certificates that a private certificate authority issues."""

from typing import Final

from rehearsal.provider.spec import Emulated
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

TYPES: Final = (
    Emulated(
        type="aws:acm/certificate:Certificate",
        service="acm",
        create="request_certificate",
        read=Find(op="describe_certificate", by={"CertificateArn": "id"}, at="Certificate"),
        update=(),
        delete=ApiCall(op="delete_certificate", by={"CertificateArn": "id"}),
        id="{arn}",
        names={"CertificateArn": "arn"},
        # The API returns the issuer's name, and neither the authority nor the requested options.
        keep=on("certificateAuthorityArn", "options", "validationMethod"),
        forces=on("certificateAuthorityArn", "domainName", "keyAlgorithm", "subjectAlternativeNames"),
        tags=Tagging(
            add="add_tags_to_certificate", remove="remove_tags_from_certificate", read="list_tags_for_certificate"
        ),
    ),
)
