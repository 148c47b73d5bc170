"""Half the squared norm alone."""
# fails: standard_normal_by_hand, implicit_losses_by_hand, gaussian_by_its_own_moments, gradients_reach_the_parameters

def implicit_loss(x, *theta):
    return (model_score(x, *theta) ** 2).sum(dim=1).mean() / 2
