"""Versions of models: reads the registry, decides, copies a version to the next environment, writes the release."""
