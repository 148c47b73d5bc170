"""The most probable states are found in the table of the unary potentials itself."""
# fails: best_by_enumeration


def most_probable(unary, edges, pair):
    steps = outwards(edges, pair)
    for before, after, table, _ in reversed(steps):
        unary[before] += (table + unary[after]).amax(dim=1)
    states = unary.argmax(dim=1)
    for before, after, table, _ in steps:
        states[after] = (table[states[before]] + unary[after]).argmax()
    return states, unary[0].max().item()
