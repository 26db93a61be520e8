"""The function that gives secrets new values: Secrets Manager runs it, nobody ever sees what it makes."""
