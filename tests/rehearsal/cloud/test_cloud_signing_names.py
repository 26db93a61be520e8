"""Every service that the emulated AWS has is recognized by the name that its requests are signed with."""

from botocore.loaders import Loader
from moto.backends import list_of_moto_modules

from rehearsal.cloud.partition import service_names


def test_requests_of_every_emulated_service_are_recognized() -> None:
    """A request that is not recognized would reach moto without validation and without a decision."""
    modules = set(list_of_moto_modules())
    loader = Loader()
    missing: dict[str, str] = {}
    for service in loader.list_available_services("service-2"):
        if service.replace("-", "") not in modules:
            continue
        metadata = loader.load_service_model(service, "service-2")["metadata"]
        signing_name = metadata.get("signingName") or metadata["endpointPrefix"]
        if service not in service_names(signing_name):
            missing[service] = signing_name
    assert missing == {}
