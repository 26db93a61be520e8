"""A region failure, rehearsed: the zone is brought up, loaded, loses a region, fails over, goes home, and is judged."""
