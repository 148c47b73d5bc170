"""Parents and children alone are taken for the blanket."""
# fails: blankets_that_shield

blanket_with_coparents = markov_blanket


def d_separated(parents, x, y, given):
    def above(nodes):
        return set(nodes).union(*[above(parents[v]) for v in nodes])

    kept = [family if i in above([x, y, *given]) else [] for i, family in enumerate(parents)]
    reached, waiting = set(given), [x]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += blanket_with_coparents(kept, node)
    return y not in reached


def markov_blanket(parents, i):
    return {*parents[i], *[c for c, family in enumerate(parents) if i in family]}
