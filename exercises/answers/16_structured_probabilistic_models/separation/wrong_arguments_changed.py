"""The list of given nodes is used as a work list."""
# fails: separations_of_networkx

separated = d_separated


def d_separated(parents, x, y, given):
    found = separated(parents, x, y, given)
    given.append(x)
    return found
