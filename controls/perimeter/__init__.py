"""Controls P: the data perimeter of identities, resources and networks."""
