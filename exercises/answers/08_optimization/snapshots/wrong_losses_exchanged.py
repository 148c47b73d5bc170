"""The members' loss first."""
# fails: losses_of_torch


def ensemble_losses(members, X, y):
    def loss(group):
        return -ensemble_probabilities(group, X)[torch.arange(len(y)), y].log().mean()

    return torch.stack([loss([W]) for W in members]).mean(), loss(members)
