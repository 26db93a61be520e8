"""The roles of the people who approve and promote models in one environment."""

from components import ml
from components.ml.pipeline_plan import registry_prefix
from stacks.serving import EnvironmentContext


def declare(context: EnvironmentContext) -> None:
    """Declares the roles that the settings name people for."""
    settings = context.settings
    if settings.ml.approvers:
        ml.ApproverRole(
            "approver",
            ml.ModelRoleArgs(
                role=settings.zone.approver_role,
                prefix=settings.name_prefix,
                account_id=context.account_id,
                region=context.region,
                boundary_arn=context.baseline.boundary_policy_arn,
                principals=settings.ml.approvers,
            ),
            context.options(),
        )
    if settings.ml.promoters:
        ml.PromotionRole(
            "promotion",
            ml.PromotionRoleArgs(
                role=settings.zone.promotion_role,
                prefix=settings.name_prefix,
                account_id=context.account_id,
                region=context.region,
                boundary_arn=context.baseline.boundary_policy_arn,
                principals=settings.ml.promoters,
                models=list(context.models),
                artifact_bucket=context.bucket("artifacts"),
                key_arns=[context.key("artifacts")],
                signing_profiles=settings.ml.image_signing.profiles if settings.ml.image_signing else (),
                registered=[
                    registry_prefix(pipeline.team, name)
                    for name, pipeline in settings.ml.retrained_in(context.environment).items()
                ],
            ),
            context.options(),
        )
