"""The reference clinical model: what runs inside containers. It imports nothing of the landing zone around it."""
