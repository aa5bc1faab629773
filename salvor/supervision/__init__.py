"""What a supervisor is shown: holders, the audit trail and what looks suspicious, from events alone."""
