"""The logarithm taken before the sum over the components."""
# fails: point_in_the_middle, log_likelihood_of_data, outlier, rounds_in_turn, likelihood_never_falls


def e_step(x, weights, means, variances):
    log_joint = weights.log() - 0.5 * ((x[:, None] - means).square() / variances + torch.log(2 * math.pi * variances))
    return (weights * log_joint).sum(), torch.softmax(log_joint, dim=1)
