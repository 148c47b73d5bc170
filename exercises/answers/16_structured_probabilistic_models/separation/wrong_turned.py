"""True if they are connected."""
# fails: chain_fork_collider, descendants_of_colliders, separations_of_networkx

separated_as_asked = d_separated


def d_separated(parents, x, y, given):
    return not separated_as_asked(parents, x, y, given)
