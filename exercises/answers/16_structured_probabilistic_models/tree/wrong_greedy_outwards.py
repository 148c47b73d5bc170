"""Node 0 chooses by its own potential, the others by what was chosen before them."""
# fails: best_of_three_spins, best_by_enumeration, stars_and_single_nodes


def most_probable(unary, edges, pair):
    states = unary.argmax(dim=1)
    exponent = unary[0].max()
    for before, after, table, _ in outwards(edges, pair):
        belief = table[states[before]] + unary[after]
        states[after] = belief.argmax()
        exponent = exponent + belief.max()
    return states, exponent.item()
