"""Controls R: failover and monitoring of the standby region."""
