"""The answer imported from the library."""
# fails: all

from dlcore.energy import score_matching_loss


def implicit_loss(x, *theta):
    return score_matching_loss(lambda y: model_score(y, *theta), x)
