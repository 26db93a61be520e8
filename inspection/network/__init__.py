"""Computes which sources can reach which destinations in the deployed network: routes, groups, endpoints, zones."""
