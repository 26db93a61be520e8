"""Permissions that several steps need; each step names those that it needs."""

from typing import Final

from runbooks.rights import Right

_SAGEMAKER_CONFIG: Final = "arn:aws:sagemaker:{region}:{account}:endpoint-config/*"
_ENDPOINT: Final = "arn:aws:sagemaker:{region}:{account}:endpoint/{endpoint}"

SEE_ENDPOINTS: Final = Right(
    sid="SeeEndpoints",
    actions=["sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig", "sagemaker:DescribeModel"],
    resources=[_ENDPOINT, _SAGEMAKER_CONFIG, "arn:aws:sagemaker:{region}:{account}:model/*"],
    unrecorded="configuration and model are described before the first step, when the plan is made",
)
SERVE_ENDPOINTS: Final = Right(
    sid="ServeEndpoints",
    actions=[
        "sagemaker:CreateEndpoint",
        "sagemaker:DeleteEndpoint",
        "sagemaker:UpdateEndpointWeightsAndCapacities",
    ],
    resources=[_ENDPOINT, _SAGEMAKER_CONFIG],
)
INVOKE_ENDPOINTS: Final = Right(
    sid="InvokeEndpoints",
    actions=["sagemaker:InvokeEndpoint"],
    resources=[_ENDPOINT],
)
SCALE: Final = Right(
    sid="Scale",
    actions=["application-autoscaling:DescribeScalableTargets", "application-autoscaling:RegisterScalableTarget"],
    # A scalable target has no ARN that a policy could name before the target exists.
    resources=["*"],
    conditions={"StringEquals": {"aws:RequestedRegion": ["{region}"]}},
    unrecorded="a target is registered only where the endpoint has one, which the steps find out",
)
READ_ARTIFACTS: Final = Right(
    sid="ReadArtifacts",
    actions=["s3:GetObject"],
    resources=["arn:aws:s3:::{artifact_bucket}/*"],
)
READ_THROUGH_S3: Final = Right(
    sid="ReadThroughS3",
    actions=["kms:Decrypt", "kms:GenerateDataKey"],
    resources=["{key}"],
    # Artifacts and records alone: objects of the other buckets are compared and never read. The context is the
    # bucket's ARN with a bucket key, else the object's (S3 User Guide, "Encryption context").
    conditions={
        "StringEquals": {"kms:ViaService": ["s3.{region}.amazonaws.com"]},
        "StringLike": {
            "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::{artifact_bucket}",
                "arn:aws:s3:::{artifact_bucket}/*",
                "arn:aws:s3:::{record_bucket}",
                "arn:aws:s3:::{record_bucket}/*",
            ]
        },
    },
    unrecorded="requested by S3 on behalf of whoever reads and writes objects",
)
SEE_HEARTBEATS: Final = Right(
    sid="SeeHeartbeats",
    actions=["s3:GetObject"],
    resources=["arn:aws:s3:::{replicated_bucket}/{heartbeat_key}"],
)
COMPARE_VERSIONS: Final = Right(
    sid="CompareVersions",
    actions=["s3:ListBucketVersions"],
    resources=["arn:aws:s3:::{replicated_bucket}"],
)
SEE_REPLICATION: Final = Right(
    sid="SeeReplication",
    # HeadObject of a version, for its replication status, is this permission: S3 has no narrower one. No right below
    # allows to decrypt the content of these objects.
    actions=["s3:GetObjectVersion"],
    resources=["arn:aws:s3:::{replicated_bucket}/*"],
    unrecorded="requested only for versions whose replication is pending",
)
TELL_WRITERS: Final = Right(
    sid="TellWriters",
    actions=["ssm:PutParameter"],
    resources=["arn:aws:ssm:{region}:{account}:parameter{writer_parameter}"],
)
SEE_SWITCH: Final = Right(
    sid="SeeSwitch",
    actions=["cloudwatch:DescribeAlarms"],
    resources=["arn:aws:cloudwatch:{region}:{account}:alarm:{alarm}"],
)
