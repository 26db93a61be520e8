"""The release in Pulumi.yaml: written by environment, with every comment and other value kept."""

import pytest
import yaml

from cli.promotion.errors import PromotionError
from cli.promotion.release_file import Release, difference, edited

PATH = ("config", "hipaa-ml:ml", "value", "models", "risk")
TEXT = """\
config:
  # 16. Models.
  hipaa-ml:ml:
    value:
      models:
        other: # kept
          environments: [prod]
        risk: # the risk model
          environments: [staging, prod] # both
          release:
            version: "1" # quoted
            image_digest: "sha256:aa"
"""
FIRST = Release(version="2", image_digest="sha256:bb", artifact_sha256="cc", model_sha256="dd")
SECOND = Release(version="3", image_digest="sha256:ee", artifact_sha256="ff", model_sha256="00")


def releases(text: str) -> object:
    return yaml.safe_load(text)["config"]["hipaa-ml:ml"]["value"]["models"]["risk"]["releases"]


def test_first_release_is_inserted_and_comments_stay() -> None:
    changed = edited(TEXT, PATH, "prod", FIRST)
    assert releases(changed) == {
        "prod": {"version": "2", "image_digest": "sha256:bb", "artifact_sha256": "cc", "model_sha256": "dd"}
    }
    added = [line for line in difference(TEXT, changed).splitlines() if line.startswith(("+ ", "- "))]
    assert len(added) == 6
    assert all(line.startswith("+ ") for line in added)


def test_release_of_a_second_environment_is_added_beside_the_first() -> None:
    changed = edited(edited(TEXT, PATH, "staging", FIRST), PATH, "prod", SECOND)
    assert list(releases(changed)) == ["prod", "staging"]  # type: ignore[call-overload]


def test_existing_release_is_replaced_value_by_value() -> None:
    once = edited(TEXT, PATH, "prod", FIRST).replace('"sha256:bb"', '"sha256:bb" # pushed by CI')
    changed = edited(once, PATH, "prod", SECOND)
    assert '"sha256:ee" # pushed by CI' in changed
    assert len(changed.splitlines()) == len(once.splitlines())
    assert edited(changed, PATH, "prod", SECOND) == changed


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        (TEXT, (*PATH[:-1], "absent"), r"Pulumi\.yaml has no key 'absent'"),
        ("a: [", PATH, r"Pulumi\.yaml is not YAML"),
        (
            "config: {'hipaa-ml:ml': {value: {models: {risk: {environments: [prod]}}}}}\n",
            PATH,
            "incomplete or in flow style",
        ),
        (TEXT + "          releases:\n", PATH, "incomplete or in flow style|releases is empty"),
        (TEXT + "          releases:\n            prod: {version: '1'}\n", PATH, "incomplete or in flow style"),
    ],
)
def test_is_refused(text: str, path: tuple[str, ...], message: str) -> None:
    with pytest.raises(PromotionError, match=message):
        edited(text, path, "prod", FIRST)
