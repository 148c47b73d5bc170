"""A mean and a variance for each position of a channel."""
# fails: images, gradients_of_images


def batch_norm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5, forward=batch_norm_forward):
    y, mean, var = forward(x, gamma, beta, running_mean, running_var, training, momentum, eps)
    if training and x.ndim == 4:
        var_here, mean_here = torch.var_mean(x, dim=0, correction=0, keepdim=True)
        y = gamma[:, None, None] * (x - mean_here) / (var_here + eps).sqrt() + beta[:, None, None]
    return y, mean, var


def batch_norm_backward(dy, x, gamma, eps=1e-5, backward_of=batch_norm_backward):
    if x.ndim == 2:
        return backward_of(dy, x, gamma, eps)
    wide = gamma[:, None, None].expand(x.shape[1:]).flatten()
    dx, d_gamma, d_beta = backward_of(dy.flatten(1), x.flatten(1), wide, eps)
    return dx.reshape(x.shape), d_gamma.reshape(x.shape[1:]).sum(dim=(1, 2)), d_beta.reshape(x.shape[1:]).sum(dim=(1, 2))
