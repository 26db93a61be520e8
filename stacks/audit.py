"""The `audit` layer: the organisation trail and the archive of records, in the log-archive account."""

from components.audit import LogArchive, LogArchiveArgs, OrganizationTrail, OrganizationTrailArgs
from components.audit.names import ArchiveNames
from stacks.contracts import AuditOutputs, OrganizationOutputs
from stacks.providers import Providers
from zone.plan import Plan, graph


def deploy(plan: Plan) -> AuditOutputs:
    """Declares the layer and exports its outputs."""
    settings = plan.settings
    organization = OrganizationOutputs.of(graph.ORGANIZATION)
    providers = Providers(plan, organization)
    account = settings.log_archive.account
    opts = providers.options(account)
    names = ArchiveNames(
        prefix=settings.name_prefix,
        region=settings.regions.primary,
        account_id=providers.account_id(account),
        management_account_id=settings.management_account_id,
    )
    archive = LogArchive(
        "log-archive",
        LogArchiveArgs(
            names=names,
            organization_id=organization.organization_id,
            record_days=settings.log_archive.record_days,
            glacier_after_days=settings.log_archive.glacier_after_days,
        ),
        opts,
    )
    trail = OrganizationTrail(
        "organization-trail",
        OrganizationTrailArgs(
            names=names,
            archive=archive,
            organization_id=organization.organization_id,
            log_days=settings.log_archive.operational_days,
        ),
        opts,
    )
    outputs = AuditOutputs(
        trail_name=trail.trail_name,
        trail_arn=trail.arn,
        trail_bucket=archive.trail.bucket,
        config_bucket=archive.config.bucket,
        access_log_bucket=archive.access_logs.bucket,
        # Through its policy: nothing is delivered to a bucket that does not let the service write yet.
        network_log_bucket=archive.network_logs.policy.bucket,
        network_log_bucket_arn=archive.network_logs.arn,
        record_buckets={"trail": archive.trail.bucket, "config": archive.config_records.bucket},
        record_days=settings.log_archive.record_days,
        trail_key_arn=archive.trail_key.arn,
        config_key_arn=archive.config_key.arn,
        log_key_arn=trail.log_key.arn,
        trail_log_group=trail.log_group,
    )
    outputs.export()
    return outputs
