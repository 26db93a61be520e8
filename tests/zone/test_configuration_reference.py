"""The configuration reference documents every field of the settings."""

from zone.settings import document


def test_every_settings_field_has_a_docstring() -> None:
    rows = [line for line in document.page().splitlines() if line.startswith("| `")]
    undocumented = [row for row in rows if row.endswith("|  |")]
    assert len(rows) > 100
    assert not undocumented
