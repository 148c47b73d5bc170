"""The mixture's weights left out."""
# fails: point_in_the_middle, log_likelihood_of_data, responsibilities, outlier, rounds_in_turn


def e_step(x, weights, means, variances):
    log_joint = -0.5 * ((x[:, None] - means).square() / variances + torch.log(2 * math.pi * variances))
    return torch.logsumexp(log_joint, dim=1).sum(), torch.softmax(log_joint, dim=1)
