"""The factor times the distance."""
# fails: rates_by_hand, rates_of_five_children


def layer_rates(names, lr, factor):
    return {name: lr * (factor * depth if depth else 1) for depth, name in enumerate(reversed(names))}
