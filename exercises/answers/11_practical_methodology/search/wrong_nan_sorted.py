"""NaN is left to the sort."""
# fails: rounds_with_other_budgets


def successive_halving(f, settings, budget, eta=3):
    left, spent = settings, 0
    while True:
        values = [f(s, budget) for s in left]
        spent += budget * len(left)
        if len(left) == 1:
            return left[0], spent
        left = [left[i] for i in sorted(range(len(left)), key=values.__getitem__)[: max(1, len(left) // eta)]]
        budget *= eta
