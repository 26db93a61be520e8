"""Controls C: budgets."""
