"""Synthetic data of sandboxes, and the function that fills them and ends them."""
