"""Policies of D4: buckets keep versions, are replicated and accept TLS only."""

from collections.abc import Sequence
from typing import Final

from controls.data.d4_buckets.checks import (
    ACCESS_POINT,
    ALL_BLOCKED,
    HOLDS_DATA,
    every_bucket_has_a_policy,
    every_bucket_keeps_versions,
    every_bucket_owns_its_objects,
    forces_tls,
    in_time,
    patient_data_is_replicated,
    protected,
    records_are_locked,
    tls_or_redirect,
    within_vpcs,
)
from controls.model import PolicyRule
from controls.rules import tokens
from controls.rules.checks import OnResource, across, configured, on
from controls.rules.companions import each_phi_bucket
from controls.rules.documents import (
    denies_any_insecure_transport,
    denies_insecure_transport,
    denies_outside_endpoints,
    document,
)
from controls.rules.predicates import all_of, equals, forbidden

POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="s3-bucket-versioning",
        title="Every bucket keeps versions",
        remedy="Add a BucketVersioning with status Enabled.",
        check=across(tokens.BUCKETS, every_bucket_keeps_versions),
    ),
    PolicyRule(
        name="s3-phi-replicated",
        title="Every bucket with patient data is replicated inside its residency group",
        remedy="Add a BucketReplicationConfig to a bucket in the recovery region, or classify the bucket rightly.",
        check=across(tokens.BUCKETS, patient_data_is_replicated),
    ),
    PolicyRule(
        name="s3-phi-in-time",
        title="Replication of patient data has replication time control and metrics",
        remedy="Set replication_time and metrics in the rule's destination, and delete_marker_replication.",
        check=across(tokens.BUCKETS, in_time),
    ),
    PolicyRule(
        name="s3-phi-endpoint-only",
        title="Buckets with patient data are reachable through the organisation's endpoints only",
        remedy="Deny s3:* to Principal * when aws:VpceOrgID is not the organisation's id.",
        check=across(tokens.BUCKETS, each_phi_bucket(denies_outside_endpoints)),
    ),
    PolicyRule(
        name="s3-access-point-closed",
        title="Access points are reached from VPCs only, and never publicly",
        remedy="Set vpc_configuration, or deny in the policy by aws:VpceOrgID; block all public access.",
        check=on(ACCESS_POINT, all_of(*(equals(path, True, default=True) for path in ALL_BLOCKED), within_vpcs)),
    ),
    PolicyRule(
        name="s3-object-lock",
        title="Locked buckets hold records for six years in compliance mode",
        remedy="Set mode COMPLIANCE and at least 2192 days in the default retention.",
        check=configured(tokens.BUCKET_OBJECT_LOCK, records_are_locked),
    ),
    PolicyRule(
        name="s3-bucket-ownership",
        title="The bucket's owner owns every object in it",
        remedy="Add BucketOwnershipControls with BucketOwnerEnforced.",
        check=across(tokens.BUCKETS, every_bucket_owns_its_objects),
    ),
    PolicyRule(
        name="s3-no-acl",
        title="No bucket ACLs",
        remedy="Remove the BucketAcl; say in the bucket policy who may do what.",
        check=on(tokens.BUCKET_ACLS, forbidden("bucket ACLs are not used: ownership is enforced, policies decide")),
    ),
    PolicyRule(
        name="s3-policy-tls-only",
        title="Bucket policies deny requests without TLS",
        remedy="Deny s3:* to Principal * with Bool aws:SecureTransport false on the bucket and its objects.",
        check=on(tokens.BUCKET_POLICY, document("policy", denies_insecure_transport)),
    ),
    PolicyRule(
        name="s3-bucket-policy",
        title="Every bucket has a policy",
        remedy="Add a BucketPolicy, or use the zone's bucket component, which brings one.",
        check=across(tokens.BUCKETS, every_bucket_has_a_policy),
    ),
    PolicyRule(
        name="data-protected",
        title="Resources that hold data are protected from deletion",
        remedy="Set protect=True in the resource's options.",
        check=OnResource(types=HOLDS_DATA, check=protected),
    ),
    PolicyRule(
        name="rds-tls",
        title="Database parameter groups require TLS",
        remedy="Set the parameter rds.force_ssl to 1.",
        check=on(
            ("aws:rds/clusterParameterGroup:ClusterParameterGroup", "aws:rds/parameterGroup:ParameterGroup"), forces_tls
        ),
    ),
    PolicyRule(
        name="efs-policy-tls",
        title="File systems are mounted over TLS only",
        remedy="Deny the policy's actions when aws:SecureTransport is false.",
        check=on("aws:efs/fileSystemPolicy:FileSystemPolicy", document("policy", denies_any_insecure_transport)),
    ),
    PolicyRule(
        name="ecs-rollback",
        title="A failed deployment rolls back",
        remedy="Set deployment_circuit_breaker with enable and rollback.",
        check=on("aws:ecs/service:Service", equals("deploymentCircuitBreaker.rollback", True, default=False)),
    ),
    PolicyRule(
        name="sns-subscription-tls",
        title="Topics deliver over TLS only",
        remedy="Use https instead of http.",
        check=on(
            "aws:sns/topicSubscription:TopicSubscription",
            equals("protocol", "https", "sqs", "lambda", "email", "email-json", "sms", "application", "firehose"),
        ),
    ),
    PolicyRule(
        name="listener-tls",
        title="Listeners require TLS 1.2 or later",
        remedy=(
            "Set protocol HTTPS and ssl_policy ELBSecurityPolicy-TLS13-1-2-2021-06 or newer; HTTP may only redirect."
        ),
        check=on("aws:lb/listener:Listener", tls_or_redirect),
    ),
    PolicyRule(
        name="target-group-tls",
        title="Load balancers encrypt requests to their targets",
        remedy="Set protocol to HTTPS or TLS, and serve with a certificate; the load balancer does not verify it.",
        check=on("aws:lb/targetGroup:TargetGroup", equals("protocol", "HTTPS", "TLS")),
    ),
)
