"""Each node chooses by what came from below, whatever was chosen above."""
# fails: best_by_enumeration, three_hundred_spins


def most_probable(unary, edges, pair):
    best = unary.clone()
    for before, after, table, _ in reversed(outwards(edges, pair)):
        best[before] += (table + best[after]).amax(dim=1)
    return best.argmax(dim=1), best[0].max().item()
