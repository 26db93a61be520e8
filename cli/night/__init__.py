"""The nightly report: checks of the deployed zone, of expiry dates and of updates, with one exit code."""
