"""Each application is thought to add two pieces, and applied so."""
# fails: teeth_double, straight_between, units_of_the_shallow_network


def tent_network(x, depth):
    return 1 - (2 * (x * depth).frac() - 1).abs()


def shallow_units(depth):
    return 2 * depth
