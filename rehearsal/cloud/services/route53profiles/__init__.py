"""Route 53 Profiles."""
