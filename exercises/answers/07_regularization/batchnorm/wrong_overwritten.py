"""The running statistics overwritten, as a layer does."""
# fails: inputs_kept


def batch_norm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5, forward=batch_norm_forward):
    y, mean, var = forward(x, gamma, beta, running_mean, running_var, training, momentum, eps)
    running_mean.copy_(mean)
    running_var.copy_(var)
    return y, running_mean, running_var
