"""The settings of the landing zone and everything that follows from them: pure Python, without Pulumi and AWS."""
