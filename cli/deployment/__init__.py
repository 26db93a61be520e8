"""A deployment to AWS: one plan for all stacks, reviewed once, then applied wave by wave."""
