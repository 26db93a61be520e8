"""Controls M: SageMaker jobs, models, notebooks, Studio and endpoints; functions and builds."""
