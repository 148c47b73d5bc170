"""One setting more goes on."""
# fails: rounds_with_other_budgets


def successive_halving(f, settings, budget, eta=3):
    left, spent = settings, 0
    while True:
        values = [f(s, budget) for s in left]
        spent += budget * len(left)
        if len(left) == 1:
            return left[0], spent
        order = sorted(range(len(left)), key=lambda i: values[i] if values[i] == values[i] else math.inf)
        left = [left[i] for i in order[: math.ceil(len(left) / eta)]]
        budget *= eta
