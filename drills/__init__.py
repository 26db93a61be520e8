"""Drills of a region failure in the emulated AWS, under load, with a verdict on recovery time and point."""
