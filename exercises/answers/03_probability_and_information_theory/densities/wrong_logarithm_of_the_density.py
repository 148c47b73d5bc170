"""The density first, its logarithm afterwards."""
# fails: normal_far_out, bad_variance


def normal_log_prob(x, mean, variance):
    return torch.log(torch.exp(-((x - mean) ** 2) / (2 * variance)) / math.sqrt(2 * math.pi * variance))
