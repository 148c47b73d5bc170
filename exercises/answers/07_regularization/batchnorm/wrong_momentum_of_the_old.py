"""momentum taken for the weight of the old average."""
# fails: running_statistics_by_hand, running_means_of_several_steps, running_variances_of_several_steps, images


def batch_norm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5, forward=batch_norm_forward):
    return forward(x, gamma, beta, running_mean, running_var, training, 1 - momentum, eps)
