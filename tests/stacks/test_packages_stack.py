"""`packages`: repositories in an infrastructure account; accounts with patients' data read approved packages only."""

import json

from tests.stacks.zone import recorded

STACK = "packages"


def test_repositories_are_in_the_infrastructure_account() -> None:
    recording = recorded(STACK)
    assert recording.outputs["domain_owner"] == recorded("organization").outputs["account_ids"]["shared-services"]
    assert recording.by_name["packages-domain"].provider.endswith("shared-services-us-east-1")


def test_public_packages_are_for_accounts_without_patients_data() -> None:
    accounts = recorded("organization").outputs["account_ids"]
    policy = json.loads(recorded(STACK).by_name["packages-public-pypi-policy"].inputs["policyDocument"])
    [statement] = policy["Statement"]
    readers = {arn.split(":")[4] for arn in statement["Principal"]["AWS"]}
    assert accounts["ml-dev"] in readers
    assert not readers & {accounts["ml-staging"], accounts["ml-prod"]}


def test_studio_reads_the_approved_packages() -> None:
    rights = json.loads(recorded("ml-staging").by_name["studio-cardiology-rights"].inputs["policy"])["Statement"]
    owner, domain = (recorded(STACK).outputs[key] for key in ("domain_owner", "domain"))
    [packages] = [statement for statement in rights if statement["Sid"] == "Packages"]
    assert packages["Resource"] == f"arn:aws:codeartifact:us-east-1:{owner}:repository/{domain}/approved"
    assert not [action for action in packages["Action"] if "Publish" in action]
