"""`make drift`: plants drift in the traffic of a served model, and shows alarm, retraining, approval and recovery."""
