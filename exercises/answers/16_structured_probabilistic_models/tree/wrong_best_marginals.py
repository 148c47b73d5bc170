"""Each variable's most probable state."""
# fails: best_of_three_spins, best_by_enumeration, stars_and_single_nodes


def most_probable(unary, edges, pair):
    states = sum_product(unary, edges, pair)[0].argmax(dim=1)
    exponent = unary[torch.arange(len(unary)), states].sum()
    for (i, j), table in zip(edges, pair):
        exponent = exponent + table[states[i], states[j]]
    return states, exponent.item()
