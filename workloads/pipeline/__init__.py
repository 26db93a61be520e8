"""Weekly retraining on de-identified data: eight steps, each a function with a command line, one orchestrator."""
