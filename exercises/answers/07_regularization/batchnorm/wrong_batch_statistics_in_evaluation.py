"""The statistics of the batch used in evaluation."""
# fails: evaluation, images


def batch_norm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5, forward=batch_norm_forward):
    y, mean, var = forward(x, gamma, beta, running_mean, running_var, True, momentum, eps)
    return (y, mean, var) if training else (y, running_mean, running_var)
