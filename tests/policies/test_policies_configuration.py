"""The pack's configuration refuses what it does not understand, and exemptions end by themselves."""

from datetime import date
from pathlib import Path

import pytest

from policies.configuration import Configuration, ConfigurationError, load
from policies.pack import build

NAMES = ["s3-bucket-versioning", "tags-required"]
TODAY = date(2026, 11, 24)


def written(folder: Path, content: str) -> Path:
    file = folder / "configuration.yaml"
    file.write_text(content, encoding="utf-8")
    return file


EXEMPTION = """
exemptions:
  - policy: {policy}
    resource: scratch-*
    owner: {owner}
    reason: scratch space of the build
    expires: {expires}
"""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("levels: [", "not YAML"),
        ("level: {}", "level: Extra inputs are not permitted"),
        ("levels: {s3-bucket-versionin: advisory}", "did you mean 's3-bucket-versioning'"),
        ("levels: {tags-required: off-ish}", "levels.tags-required"),
        ("parameters: {record_retention_days: 365}", "greater than or equal to 2192"),
        ("parameters: {log_retention_days: ninety}", "parameters.log_retention_days"),
        (
            EXEMPTION.format(policy="tags-requird", owner="platform", expires="2027-01-01"),
            "did you mean 'tags-required'",
        ),
        (EXEMPTION.format(policy="tags-required", owner='""', expires="2027-01-01"), "exemptions.0.owner"),
        (EXEMPTION.format(policy="tags-required", owner="platform", expires="2026-11-23"), "ended on 2026-11-23"),
    ],
)
def test_invalid_value_is_refused_by_file_and_key(tmp_path: Path, content: str, message: str) -> None:
    file = written(tmp_path, content)
    with pytest.raises(ConfigurationError) as refused:
        load(NAMES, file, TODAY, repairable=["tags-required"])
    assert str(file) in str(refused.value)
    assert message in str(refused.value)


def test_missing_and_empty_file_mean_strict_defaults(tmp_path: Path) -> None:
    assert load(NAMES, tmp_path / "none.yaml", TODAY) == Configuration()
    assert load(NAMES, written(tmp_path, "# nothing\n"), TODAY) == Configuration()


def test_exemption_covers_its_resources_until_its_last_day(tmp_path: Path) -> None:
    content = EXEMPTION.format(policy="tags-required", owner="platform", expires="2026-11-24")
    [exemption] = load(NAMES, written(tmp_path, content), TODAY).exemptions
    assert exemption.covers("tags-required", "scratch-1", "urn", TODAY)
    assert not exemption.covers("tags-required", "records", "urn", TODAY)
    assert not exemption.covers("s3-bucket-versioning", "scratch-1", "urn", TODAY)
    assert not exemption.covers("tags-required", "scratch-1", "urn", date(2026, 11, 25))


def test_weakened_policies_are_listed() -> None:
    configuration = Configuration(levels={"tags-required": "advisory", "s3-bucket-versioning": "mandatory"})
    assert configuration.weakened() == ["tags-required is advisory"]


def test_shipped_file_is_valid() -> None:
    assert load({policy.name for policy in build(Configuration())}).weakened() == []


def test_packs_select_groups_of_policies() -> None:
    everything = {policy.name for policy in build(Configuration())}
    groups = [
        {policy.name for policy in build(Configuration(packs=[group]))} for group in ("baseline", "hipaa", "cost")
    ]
    assert set.union(*groups) == everything
    assert sum(map(len, groups)) == len(everything)
    assert "budget-notifies" in groups[2]
    assert "sagemaker-model-vpc" in groups[1]
