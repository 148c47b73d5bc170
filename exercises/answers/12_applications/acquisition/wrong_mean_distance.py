"""The largest mean distance."""
# fails: farthest_points_first, choices_by_hand


def k_center(X, labelled, k):
    labelled, chosen = labelled.clone(), []
    for _ in range(k):
        mean = (X[:, None] - X).norm(dim=2)[labelled].sum(dim=0)
        chosen.append(torch.where(labelled, -1.0, -mean if chosen else mean).argmax().item())
        labelled[chosen[-1]] = True
    return chosen
