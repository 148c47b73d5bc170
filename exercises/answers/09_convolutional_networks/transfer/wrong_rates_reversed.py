"""The highest rate for the child next to the input."""
# fails: rates_by_hand, rates_of_five_children


def layer_rates(names, lr, factor):
    return {name: lr * factor**depth for depth, name in enumerate(names)}
