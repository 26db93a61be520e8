"""HIPAA evidence of a deployed zone: report, results of other proofs, manifest, OSCAL."""
