"""The other children of the parents are counted in."""
# fails: blankets_that_shield

blanket_without_siblings = markov_blanket


def d_separated(parents, x, y, given):
    def above(nodes):
        return set(nodes).union(*[above(parents[v]) for v in nodes])

    kept = [family if i in above([x, y, *given]) else [] for i, family in enumerate(parents)]
    reached, waiting = set(given), [x]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += blanket_without_siblings(kept, node)
    return y not in reached


def markov_blanket(parents, i):
    siblings = {c for c, family in enumerate(parents) if set(family) & set(parents[i])}
    return (blanket_without_siblings(parents, i) | siblings) - {i}
