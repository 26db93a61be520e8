"""The network: Transit Gateway, endpoints, inspection, spokes."""
