"""The settings: typed configuration by section, with AWS's limits in the types."""

from zone.settings.errors import SettingsError
from zone.settings.load import parse_settings, settings_from_files
from zone.settings.model import Settings
from zone.settings.names import MANAGEMENT

__all__ = ["MANAGEMENT", "Settings", "SettingsError", "parse_settings", "settings_from_files"]
