"""Step `verify-artifact`: compares the model artifact and the image in the target region with the approved digests."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from runbooks.context import Context
from runbooks.documents import EndpointDocument
from runbooks.error_codes import error_code
from runbooks.errors import StepError
from runbooks.rights import Right
from runbooks.shared_rights import READ_ARTIFACTS, READ_THROUGH_S3
from runbooks.situation import Finding, ReadinessCheck, Situation, endpoint_findings
from runbooks.step_definition import Details, EndpointStep, Route, StepText

SEE_IMAGES: Final = Right(
    sid="SeeImages",
    actions=["ecr:DescribeImages"],
    resources=["arn:aws:ecr:{region}:{account}:repository/{repository}"],
)
_CHUNK_BYTES: Final = 2**20


def verify_artifact(context: Context, name: str, _deadline: datetime) -> Details:
    """Computes the digest of the artifact, and looks up the digest of the image.

    Raises:
        StepError: the artifact cannot be read or has another digest, or the image is not in the target region.
    """
    endpoint = context.endpoint(name)
    artifact = f"s3://{endpoint.artifact_bucket}/{endpoint.artifact_key}"
    digest = hashlib.sha256()
    try:
        body = context.client("s3").get_object(Bucket=endpoint.artifact_bucket, Key=endpoint.artifact_key)["Body"]
        for chunk in body.iter_chunks(_CHUNK_BYTES):
            digest.update(chunk)
    except context.aws.request_error as error:
        raise StepError(f"{artifact} cannot be read: {error_code(error)}") from error
    if digest.hexdigest() != endpoint.artifact_sha256:
        raise StepError(f"{artifact} has the SHA-256 {digest.hexdigest()}, {endpoint.artifact_sha256} was approved")
    try:
        context.client("ecr").describe_images(
            repositoryName=endpoint.image_repository, imageIds=[{"imageDigest": endpoint.image_digest}]
        )
    except context.aws.request_error as error:
        image = f"{endpoint.image_repository}@{endpoint.image_digest}"
        raise StepError(f"the image {image} is not in {context.target_region}: {error_code(error)}") from error
    return {"sha256": digest.hexdigest(), "image": endpoint.image_digest}


def _findings(situation: Situation) -> Iterator[Finding]:
    def verified(context: Context, endpoint: EndpointDocument) -> str:
        verify_artifact(context, endpoint.name, situation.snapshot.now)
        return "artifact and image are what was approved"

    return endpoint_findings(situation, "models", verified)


def _text(route: Route, endpoint: EndpointDocument) -> StepText:
    return StepText(
        title=f"compare {endpoint.name}'s artifact and image in {route.target_region} with their digests",
        by_hand=f"copy {endpoint.artifact_key} from a backup, or take an older version; never serve an altered one",
    )


STEP = EndpointStep(
    kind="verify-artifact",
    text=_text,
    rights=(READ_ARTIFACTS, READ_THROUGH_S3, SEE_IMAGES),
    check=ReadinessCheck(name="models", findings=_findings),
    preflight=lambda context, name: verify_artifact(context, name, context.now()),
    change=verify_artifact,
    when_repeated="it only reads: artifact and image are compared again",
)
