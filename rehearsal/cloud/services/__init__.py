"""Services that moto lacks, each a package in moto's own layout: `models.py`, `responses.py` and `urls.py`."""
