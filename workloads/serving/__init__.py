"""The inference server: SageMaker's container contract, with answers and logs that cannot hold patient data."""
