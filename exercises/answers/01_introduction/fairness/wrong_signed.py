"""The last group's share minus the first one's."""
# fails: four_people, whichever_comes_first


def parity_difference(predicted, group):
    shares = [predicted[group == g].double().mean().item() for g in group.unique()]
    return shares[-1] - shares[0]
