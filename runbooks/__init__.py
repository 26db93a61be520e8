"""What the on-call engineer types when a region fails: boto3 alone, no Pulumi, no state file, nothing on the laptop.

Everything is discovered by parameters and tags in the region that is still there; see `docs/runbooks.md`.
"""
