"""Daily work on AWS: the Pulumi CLI, the account that is deployed to, where state is kept, and what exists already."""
