"""AWS Artifact."""
