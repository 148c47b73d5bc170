"""The noise is summed over all its samples, over the number of examples, whatever k says."""
# fails: losses_by_cross_entropy, table_normalises_itself

def nce_loss(s_data, log_noise_data, s_noise, log_noise_noise, k):
    softplus, shift = torch.nn.functional.softplus, math.log(k)
    return softplus(shift + log_noise_data - s_data).mean() + softplus(s_noise - shift - log_noise_noise).sum() / len(s_data)
