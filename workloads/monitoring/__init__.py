"""The monitors of a served model: captured data is compared with the baseline of the registered version."""
