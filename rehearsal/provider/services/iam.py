"""IAM: managed policies, identity providers, settings of an account."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Items, Tagging, on

_VERSIONS: Final = 5
"""Versions a managed policy can have (IAM User Guide, "IAM and STS quotas")."""


def _read_policy(resource: EmulatedResource) -> Any:
    policy = resource.call("get_policy", PolicyArn=resource.id)["Policy"]
    version = resource.call("get_policy_version", PolicyArn=resource.id, VersionId=policy["DefaultVersionId"])
    return {**policy, "policy": version["PolicyVersion"]["Document"]}


def _update_policy(resource: EmulatedResource) -> None:
    if "policy" not in resource.changed:
        return
    versions = resource.pages("list_policy_versions", "Versions", PolicyArn=resource.id)
    spare = sorted(
        (version for version in versions if not version["IsDefaultVersion"]),
        key=lambda version: int(version["VersionId"].lstrip("v")),
    )
    if len(versions) >= _VERSIONS:
        resource.call("delete_policy_version", PolicyArn=resource.id, VersionId=spare[0]["VersionId"])
    resource.call(
        "create_policy_version", PolicyArn=resource.id, PolicyDocument=resource.inputs["policy"], SetAsDefault=True
    )


def _drop_versions(resource: EmulatedResource) -> None:
    for version in resource.pages("list_policy_versions", "Versions", PolicyArn=resource.id):
        if not version["IsDefaultVersion"]:
            resource.call("delete_policy_version", PolicyArn=resource.id, VersionId=version["VersionId"])


def _update_thumbprints(resource: EmulatedResource) -> None:
    """Thumbprints that the program does not set stay: IAM finds those of a new provider by itself."""
    if "thumbprintLists" in resource.changed and resource.inputs.get("thumbprintLists"):
        resource.auto("update_open_id_connect_provider_thumbprint")


def _with_scheme(_resource: EmulatedResource, values: Values) -> Values:
    url = values.get("url")
    return {**values, "url": f"https://{url}"} if url and not url.startswith("https://") else values


def _read_alias(resource: EmulatedResource) -> Any:
    aliases = resource.pages("list_account_aliases", "AccountAliases")
    return {"accountAlias": resource.id} if resource.id in aliases else None


TYPES: Final = (
    Emulated(
        type="aws:iam/policy:Policy",
        service="iam",
        create="create_policy",
        creation_result="Policy",
        read=_read_policy,
        update=_update_policy,
        tidy=_drop_versions,
        delete="delete_policy",
        id="{arn}",
        names={"PolicyName": "name", "PolicyDocument": "policy", "PolicyArn": "arn"},
        forces=on("name", "namePrefix", "path", "description"),
        tags=Tagging(add="tag_policy", remove="untag_policy", read="list_policy_tags"),
    ),
    Emulated(
        type="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        service="iam",
        create="create_open_id_connect_provider",
        read="get_open_id_connect_provider",
        finish=_with_scheme,
        items=(
            Items(
                property="clientIdLists",
                add="add_client_id_to_open_id_connect_provider",
                remove="remove_client_id_from_open_id_connect_provider",
                parameter="ClientID",
                by={"OpenIDConnectProviderArn": "id"},
                at_creation=False,
            ),
        ),
        update=_update_thumbprints,
        delete="delete_open_id_connect_provider",
        id="{arn}",
        names={"OpenIDConnectProviderArn": "arn"},
        forces=on("url"),
        tags=Tagging(add="tag_open_id_connect_provider", remove="untag_open_id_connect_provider"),
    ),
    Emulated(
        type="aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
        service="iam",
        create="update_account_password_policy",
        read="get_account_password_policy",
        result="PasswordPolicy",
        update="put",
        delete="delete_account_password_policy",
        id="iam-account-password-policy",
        names={"RequireLowercaseCharacters": "requireLowercaseCharacters"},
        exclusive=True,
    ),
    Emulated(
        type="aws:iam/accountAlias:AccountAlias",
        service="iam",
        create="create_account_alias",
        read=_read_alias,
        delete="delete_account_alias",
        id="{accountAlias}",
        forces=on("accountAlias"),
    ),
    Emulated(
        type="aws:iam/samlProvider:SamlProvider",
        service="iam",
        create="create_saml_provider",
        read="get_saml_provider",
        update=(ApiCall(op="update_saml_provider", on=on("samlMetadataDocument")),),
        delete="delete_saml_provider",
        id="{arn}",
        names={"SAMLProviderArn": "arn"},
        forces=on("name"),
        tags=Tagging(add="tag_saml_provider", remove="untag_saml_provider"),
    ),
)
