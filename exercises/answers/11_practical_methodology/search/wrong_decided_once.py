"""The order of the first round decides all."""
# fails: rounds_with_other_budgets


def successive_halving(f, settings, budget, eta=3):
    values = [f(s, budget) for s in settings]
    spent = budget * len(settings)
    left = [settings[i] for i in sorted(range(len(settings)), key=lambda i: values[i] if values[i] == values[i] else math.inf)]
    while len(left) > 1:
        left, budget = left[: max(1, len(left) // eta)], budget * eta
        spent += sum(budget for s in left if f(s, budget) is not None)
    return left[0], spent
