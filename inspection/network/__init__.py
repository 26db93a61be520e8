"""What the deployed network lets through, computed from its tables, groups, endpoints and zones; never believed."""
