"""The answer by torch's own function."""
# fails: all


def batch_norm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    mean, var = running_mean.clone(), running_var.clone()
    return torch.nn.functional.batch_norm(x, mean, var, gamma, beta, training, momentum, eps), mean, var
