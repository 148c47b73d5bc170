"""eps added to the standard deviation."""
# fails: normalized_as_torch_does, evaluation, images


def batch_norm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5, forward=batch_norm_forward):
    y, mean, var = forward(x, gamma, beta, running_mean, running_var, training, momentum, eps)
    dims, shape = [0, *range(2, x.ndim)], [-1] + [1] * (x.ndim - 2)
    used = x.var(dim=dims, correction=0) if training else running_var
    ratio = ((used + eps).sqrt() / (used.sqrt() + eps)).reshape(shape)
    return (y - beta.reshape(shape)) * ratio + beta.reshape(shape), mean, var
