"""The answer imported from the library."""
# fails: all

from dlcore.graphical import Factor


def multiply(a, b):
    joined = Factor.from_table(*a) * Factor.from_table(*b)
    return joined.variables, joined.table
