"""Risk of unplanned readmission within 30 days of discharge, from a synthetic cohort: nobody's real data."""
