"""Findings about the standby of an endpoint in the recovery region."""

from runbooks.documents import EndpointDocument
from runbooks.situation import Finding, Situation


def standby_finding(situation: Situation, endpoint: EndpointDocument) -> Finding:
    """Return whether the standby endpoint is in service."""
    state = situation.snapshot.endpoints[endpoint.name].get("recovery")
    in_service = state is not None and state.exists and state.status == "InService"
    result = f"{state.status}, {state.instances} instances" if state and state.exists else "is not there"
    return Finding(check="standby", subject=endpoint.name, ok=in_service, found=result)


def model_finding(situation: Situation, endpoint: EndpointDocument) -> Finding:
    """Return whether the standby would serve what the primary serves: model version, artifact and image.

    Args:
        situation: the situation of the environment.
        endpoint: the document of the endpoint in the recovery region.
    """
    primary = situation.zones.get("primary")
    if primary is None:
        return Finding(check="same model", subject=endpoint.name, ok=True, found="the primary cannot be asked")
    primary_endpoint = primary.endpoint(endpoint.name)
    differences = [
        name
        for name in ("model_version", "artifact_sha256", "image_digest")
        if getattr(endpoint, name) != getattr(primary_endpoint, name)
    ]
    states = situation.snapshot.endpoints[endpoint.name]
    versions = {side: state.model_version for side, state in states.items() if state.exists}
    if len(set(versions.values())) > 1:
        differences.append(f"model served ({', '.join(f'{side}: {version}' for side, version in versions.items())})")
    result = (
        f"differs from the primary in {', '.join(differences)}"
        if differences
        else f"version {endpoint.model_version} on both sides"
    )
    return Finding(check="same model", subject=endpoint.name, ok=not differences, found=result)
