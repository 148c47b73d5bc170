"""Each variable's largest potential."""
# fails: best_of_three_spins, best_by_enumeration, stars_and_single_nodes, three_hundred_spins


def most_probable(unary, edges, pair):
    states = unary.argmax(dim=1)
    exponent = unary[torch.arange(len(unary)), states].sum()
    for (i, j), table in zip(edges, pair):
        exponent = exponent + table[states[i], states[j]]
    return states, exponent.item()
