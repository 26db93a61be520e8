"""Compares every deployed resource with its declaration, property by property, and lists what nobody declared."""
