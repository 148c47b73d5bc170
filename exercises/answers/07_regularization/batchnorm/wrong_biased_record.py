"""The running variance records the variance over n."""
# fails: running_statistics_by_hand, running_variances_of_several_steps, images


def batch_norm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5, forward=batch_norm_forward):
    y, mean, var = forward(x, gamma, beta, running_mean, running_var, training, momentum, eps)
    if training:
        dims = [0, *range(2, x.ndim)]
        var = (1 - momentum) * running_var + momentum * x.var(dim=dims, correction=0)
    return y, mean, var
