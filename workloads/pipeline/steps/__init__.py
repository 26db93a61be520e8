"""Steps that need the workloads environment (`workloads/pipeline/requirements.lock`)."""
