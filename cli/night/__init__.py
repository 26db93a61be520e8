"""The nightly report: what changed or aged since yesterday, in one page with one exit code."""
