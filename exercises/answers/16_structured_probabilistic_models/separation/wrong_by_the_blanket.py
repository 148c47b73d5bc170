"""Separated if the given nodes contain the parents of one of them, or if neither is above the other."""
# fails: chain_fork_collider, descendants_of_colliders, separations_of_networkx


def d_separated(parents, x, y, given):
    def above(v):
        return {v}.union(*[above(u) for u in parents[v]])

    return set(parents[x]) <= set(given) or set(parents[y]) <= set(given) or (x not in above(y) and y not in above(x))
