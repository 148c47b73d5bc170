"""Without the last round the winner isn't trained in full."""
# fails: twenty_seven_settings, rounds_with_other_budgets


def successive_halving(f, settings, budget, eta=3):
    left, spent = settings, 0
    while len(left) > 1:
        values = [f(s, budget) for s in left]
        spent += budget * len(left)
        left = [left[i] for i in sorted(range(len(left)), key=lambda i: values[i] if values[i] == values[i] else math.inf)[: max(1, len(left) // eta)]]
        budget *= eta
    return left[0], spent
