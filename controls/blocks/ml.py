"""What the ML controls (M1 to M12) forbid at run time, blocked already before deployment."""

from collections.abc import Mapping, Sequence

from controls.blocks.rule import rule
from controls.model import PolicyRule

ML: Mapping[str, Sequence[PolicyRule]] = {
    "M1": (
        rule(
            "sagemaker-model-vpc",
            "Models run in a VPC",
            "Set vpc_config with private subnets and the security group of the inference tier.",
        ),
        rule(
            "sagemaker-training-vpc",
            "Training jobs run in a VPC",
            "Set vpc_config with private subnets and the security group of the training tier.",
        ),
        rule(
            "sagemaker-tuning-vpc",
            "Tuning jobs run their training in a VPC",
            "Set training_job_definition.vpc_config, in every definition.",
        ),
        rule(
            "sagemaker-data-quality-vpc",
            "Data-quality jobs run in a VPC",
            "Set network_config.vpc_config with private subnets and a security group.",
        ),
        rule(
            "sagemaker-monitoring-vpc",
            "Monitoring schedules that describe their own job run it in a VPC",
            "Set monitoring_job_definition.network_config.vpc_config, or name a job definition that does.",
        ),
        rule(
            "sagemaker-notebook-vpc",
            "Notebook instances are in a VPC",
            "Set subnet_id and security_groups.",
        ),
        rule(
            "sagemaker-domain-vpc",
            "Studio domains are in private subnets with a security group",
            "Set subnet_ids and default_user_settings.security_groups.",
        ),
        rule(
            "sagemaker-workforce-vpc",
            "Labelling workforces reach the data through a VPC or from named addresses",
            "Set workforce_vpc_config, or source_ip_config with the hospital's addresses.",
        ),
    ),
    "M2": (
        rule(
            "sagemaker-model-isolation",
            "Models have no network of their own",
            "Set enable_network_isolation=True.",
        ),
        rule(
            "sagemaker-training-isolation",
            "Training jobs have no network of their own",
            "Set enable_network_isolation=True; hand data in through channels.",
        ),
        rule(
            "sagemaker-tuning-isolation",
            "Tuning jobs have no network of their own",
            "Set enable_network_isolation in the training job definition.",
        ),
        rule(
            "sagemaker-data-quality-isolation",
            "Data-quality jobs have no network of their own",
            "Set network_config.enable_network_isolation=True.",
        ),
    ),
    "M3": (
        rule(
            "sagemaker-training-traffic",
            "Traffic between training containers is encrypted",
            "Set enable_inter_container_traffic_encryption=True.",
        ),
        rule(
            "sagemaker-tuning-traffic",
            "Traffic between tuning containers is encrypted",
            "Set enable_inter_container_traffic_encryption in the training job definition.",
        ),
        rule(
            "sagemaker-data-quality-traffic",
            "Traffic between data-quality containers is encrypted",
            "Set network_config.enable_inter_container_traffic_encryption=True.",
        ),
    ),
    "M4": (
        rule(
            "sagemaker-endpoint-key",
            "Endpoint volumes are encrypted with a named key",
            "Set kms_key_arn on the endpoint configuration.",
        ),
        rule(
            "sagemaker-capture-key",
            "Captured requests are encrypted with a named key",
            "Set data_capture_config.kms_key_id.",
        ),
        rule(
            "sagemaker-async-key",
            "Asynchronous results are encrypted with a named key",
            "Set async_inference_config.output_config.kms_key_id.",
        ),
        rule(
            "sagemaker-training-volume-key",
            "Training volumes are encrypted with a named key",
            "Set resource_config.volume_kms_key_id.",
        ),
        rule(
            "sagemaker-training-output-key",
            "Model artifacts are encrypted with a named key",
            "Set output_data_config.kms_key_id.",
        ),
        rule(
            "sagemaker-tuning-keys",
            "Tuning volumes and artifacts are encrypted with named keys",
            "Set resource_config.volume_kms_key_id and output_data_config.kms_key_id in the training job definition.",
        ),
        rule(
            "sagemaker-data-quality-keys",
            "Volumes and results of data-quality jobs are encrypted with named keys",
            "Set job_resources.cluster_config.volume_kms_key_id and data_quality_job_output_config.kms_key_id.",
        ),
        rule(
            "sagemaker-notebook-key",
            "Notebook volumes are encrypted with a named key",
            "Set kms_key_id.",
        ),
        rule(
            "sagemaker-domain-key",
            "A Studio domain's file system is encrypted with a named key",
            "Set kms_key_id.",
        ),
        rule(
            "sagemaker-labeling-key",
            "Labelling results are encrypted with a named key",
            "Set output_config.kms_key_id.",
        ),
        rule(
            "sagemaker-card-key",
            "Model cards are encrypted with a named key",
            "Set security_config.kms_key_id.",
        ),
        rule(
            "sagemaker-flow-key",
            "Results of human review are encrypted with a named key",
            "Set output_config.kms_key_id.",
        ),
        rule(
            "sagemaker-sharing-key",
            "Notebooks that Studio users share are encrypted with a named key, or not shared",
            "Set default_user_settings.sharing_settings.s3_kms_key_id, or notebook_output_option to Disabled.",
        ),
    ),
    "M5": (
        rule(
            "sagemaker-notebook-internet",
            "Notebook instances have no direct internet access",
            "Set direct_internet_access to Disabled.",
        ),
        rule(
            "sagemaker-notebook-root",
            "Notebook users are not root",
            "Set root_access to Disabled.",
        ),
        rule(
            "sagemaker-notebook-metadata",
            "Notebook instances answer metadata requests with session tokens only (IMDSv2)",
            'Set instance_metadata_service_configuration.minimum_instance_metadata_service_version to "2".',
        ),
        rule(
            "sagemaker-notebook-platform",
            "Notebook instances run a platform that AWS still patches",
            "Set platform_identifier to notebook-al2-v3 or a newer one.",
        ),
    ),
    "M6": (
        rule(
            "sagemaker-domain-vpc-only",
            "Studio domains reach the network through the VPC only",
            "Set app_network_access_type to VpcOnly.",
        ),
        rule(
            "sagemaker-domain-sso",
            "Studio users sign in as themselves, through IAM Identity Center",
            "Set auth_mode to SSO.",
        ),
        rule(
            "sagemaker-domain-groups",
            "A domain's own security groups are managed by the zone",
            "Leave app_security_group_management out, or set it to Customer.",
        ),
        rule(
            "sagemaker-profile-role",
            "Every Studio user profile has an execution role of its own",
            "Set user_settings.execution_role to the role of the team and project.",
        ),
        rule(
            "sagemaker-space-owned",
            "Studio spaces have an owner",
            "Set ownership_settings.owner_user_profile_name.",
        ),
    ),
    "M7": (
        rule(
            "sagemaker-training-limit",
            "Training jobs end by themselves within five days",
            "Set stopping_condition.max_runtime_in_seconds to 432000 or less.",
        ),
        rule(
            "sagemaker-data-quality-limit",
            "Data-quality jobs end by themselves within a day",
            "Set stopping_condition.max_runtime_in_seconds to 86400 or less.",
        ),
    ),
    "M8": (
        rule(
            "sagemaker-group-not-public",
            "Model package groups are shared with named accounts only",
            "Name the principals in resource_policy, or narrow Principal * by aws:PrincipalOrgID.",
        ),
        rule(
            "sagemaker-group-described",
            "Model package groups say what the model is for",
            "Set model_package_group_description: what it predicts, for whom, who answers for it.",
        ),
    ),
    "M9": (
        rule(
            "sagemaker-training-no-debug",
            "Nobody attaches a shell to a training job",
            "Leave remote_debug_config out, or set enable_remote_debug=False.",
        ),
    ),
    "M11": (
        rule(
            "sagemaker-feature-online-key",
            "Online feature stores are encrypted with a named key",
            "Set online_store_config.security_config.kms_key_id.",
        ),
        rule(
            "sagemaker-feature-offline-key",
            "Offline feature stores are encrypted with a named key",
            "Set offline_store_config.s3_storage_config.kms_key_id.",
        ),
        rule(
            "sagemaker-feature-described",
            "Feature groups say what they hold",
            "Set description: source, unit of observation, whether it is de-identified.",
        ),
    ),
    "M12": (
        rule(
            "lambda-vpc",
            "Functions run in a VPC",
            "Set vpc_config with private subnets and a security group.",
        ),
        rule(
            "lambda-url-authenticated",
            "Function URLs ask for IAM signatures",
            "Set authorization_type to AWS_IAM, or remove the URL.",
        ),
        rule(
            "lambda-permission-narrow",
            "No function can be invoked by everyone",
            "Name the principal, and for a service its source_arn or source_account.",
        ),
        rule(
            "lambda-key",
            "A function's environment is encrypted with a named key",
            "Set kms_key_arn.",
        ),
        rule(
            "lambda-tracing",
            "Function calls are traced",
            "Set tracing_config.mode to Active.",
        ),
        rule(
            "codebuild-vpc",
            "Builds run in a VPC",
            "Set vpc_config.",
        ),
        rule(
            "codebuild-key",
            "Build outputs are encrypted with a named key",
            "Set encryption_key.",
        ),
        rule(
            "codebuild-not-privileged",
            "Builds are not privileged",
            "Set environment.privileged_mode=False; build images with a builder that needs no privileges.",
        ),
    ),
}
"""Control id -> the policies that block for it."""

PIPELINES: Mapping[str, Sequence[PolicyRule]] = {
    "M4": (
        rule(
            "sagemaker-capture-on",
            "Endpoint configurations capture what is asked and answered, for monitoring",
            "Set data_capture_config with enable_capture=True for Input and Output.",
        ),
    ),
    "M7": (
        rule(
            "sagemaker-endpoint-instances",
            "Real-time variants have two instances or more, so that one may fail",
            "Set initial_instance_count to 2 or more, or use serverless_config; a warm standby is tagged standby=warm.",
        ),
        rule(
            "sagemaker-endpoint-rollback",
            "Endpoint deployments roll back on an alarm",
            "Set deployment_config.auto_rollback_configuration.alarms.",
        ),
    ),
}
"""Control id -> further policies of endpoints."""
