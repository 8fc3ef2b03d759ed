"""The one error that ends a benchmark: something that makes its figures worthless or impossible."""


class BenchError(Exception):
    """Its text goes to the user as it is, so it says what happened and, where it can, what to do."""
