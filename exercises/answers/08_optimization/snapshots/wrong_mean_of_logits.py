"""The softmax of the mean logits."""
# fails: mean_of_probabilities, losses_of_torch


def ensemble_probabilities(members, X):
    return torch.softmax(torch.stack([X @ W for W in members]).mean(dim=0), dim=1)
