"""The kinks inside the interval are counted, one fewer than the pieces."""
# fails: units_of_the_shallow_network


def shallow_units(depth):
    return 2**depth - 1
