"""The same lower rate for all children but the last."""
# fails: rates_by_hand, rates_of_five_children


def layer_rates(names, lr, factor):
    return {name: lr if name == names[-1] else lr * factor for name in names}
