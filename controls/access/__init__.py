"""Controls A: sessions and emergency access."""
