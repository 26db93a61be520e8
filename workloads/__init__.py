"""What runs in the zone: it imports nothing of what deploys it."""
