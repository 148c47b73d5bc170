"""The most probable states by products, which overflow in a long chain."""
# fails: three_hundred_spins


def most_probable(unary, edges, pair):
    best, steps = unary.exp(), outwards(edges, pair)
    for before, after, table, _ in reversed(steps):
        best[before] *= (table.exp() * best[after]).amax(dim=1)
    states = best.argmax(dim=1)
    for before, after, table, _ in steps:
        states[after] = (table[states[before]].exp() * best[after]).argmax()
    return states, best[0].max().log().item()
