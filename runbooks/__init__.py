"""What people do in an emergency, and what they check before one: boto3 only, so that nothing else has to be up."""
