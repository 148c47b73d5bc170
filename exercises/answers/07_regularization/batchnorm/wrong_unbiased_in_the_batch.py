"""The batch normalized with the variance over n - 1."""
# fails: batch_of_four_by_hand, normalized_as_torch_does, images


def batch_norm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5, forward=batch_norm_forward):
    if not training:
        return forward(x, gamma, beta, running_mean, running_var, training, momentum, eps)
    dims, shape = [0, *range(2, x.ndim)], [-1] + [1] * (x.ndim - 2)
    x_hat = (x - x.mean(dims, keepdim=True)) / (x.var(dims, keepdim=True) + eps).sqrt()
    _, mean, var = forward(x, gamma, beta, running_mean, running_var, training, momentum, eps)
    return gamma.reshape(shape) * x_hat + beta.reshape(shape), mean, var
