"""Users and permissions in MLflow's database, as the configuration has them."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from workloads.tracking.settings import ExperimentGrant, TrackingSettings


def apply(settings: TrackingSettings) -> Mapping[str, int]:
    """Creates the users that do not exist, and gives and takes permissions.

    Returns:
        Number of `users` that were created, of permissions that were `given` and `taken`, and of grants that are
        `waiting` for their experiment.
    """
    from mlflow import MlflowClient  # noqa: PLC0415 - takes seconds; `health` does without
    from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore  # noqa: PLC0415 - the same

    store: Any = SqlAlchemyStore()
    store.init_db(settings.auth_uri)
    counts = {"users": 0, "given": 0, "taken": 0, "waiting": 0}
    for user in settings.users:
        if not store.has_user(user):
            # Nobody signs in with it: `users.authenticate` compares with the passwords of Secrets Manager.
            store.create_user(user, secrets.token_urlsafe(32), is_admin=user == settings.administrator)
            counts["users"] += 1
    client = MlflowClient(tracking_uri=settings.database_uri)
    for team in settings.users:
        if team != settings.administrator:
            _permit(store, client, team, [grant for grant in settings.grants if grant.team == team], counts)
    return counts


def _permit(store: Any, client: Any, team: str, grants: Sequence[ExperimentGrant], counts: dict[str, int]) -> None:
    """Gives a team the permissions of the configuration, and takes those that are not in it.

    Experiments that begin with the team's name are its own: MLflow gives it `MANAGE` when it creates them.
    """
    wanted: dict[str, str] = {}
    for grant in grants:
        experiment = client.get_experiment_by_name(grant.experiment)
        if experiment is None:
            counts["waiting"] += 1
        else:
            wanted[str(experiment.experiment_id)] = grant.permission
    existing = {str(entry.experiment_id): entry.permission for entry in store.list_experiment_permissions(team)}
    for identifier in existing.keys() - wanted.keys():
        if not client.get_experiment(identifier).name.startswith(f"{team}/"):
            store.delete_experiment_permission(identifier, team)
            counts["taken"] += 1
    for identifier, permission in wanted.items():
        if identifier not in existing:
            store.create_experiment_permission(identifier, team, permission)
        elif existing[identifier] != permission:
            store.update_experiment_permission(identifier, team, permission)
        else:
            continue
        counts["given"] += 1
