"""The example nearest to what is labelled."""
# fails: choices_by_hand, farthest_points_first, uncertain_and_diverse


def k_center(X, labelled, k):
    labelled, chosen = labelled.clone(), []
    for _ in range(k):
        near = (X[:, None] - X).norm(dim=2)[labelled].amin(dim=0)
        chosen.append(torch.where(labelled, math.inf, near).argmin().item())
        labelled[chosen[-1]] = True
    return chosen
