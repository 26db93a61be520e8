"""Mutation score of `authorization/` and `controls/`: how many small changes of the code the tests notice."""
