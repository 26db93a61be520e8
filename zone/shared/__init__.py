"""Types and constants that both the plan and the components use."""
