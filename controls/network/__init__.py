"""Controls N: gateways, routes, endpoints, DNS, flow logs and public addresses."""
