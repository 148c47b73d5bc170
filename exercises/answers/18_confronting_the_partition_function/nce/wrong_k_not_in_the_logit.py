"""k in the weight of the noise only."""
# fails: losses_by_cross_entropy, table_normalises_itself

def nce_loss(s_data, log_noise_data, s_noise, log_noise_noise, k):
    softplus = torch.nn.functional.softplus
    return softplus(log_noise_data - s_data).mean() + k * softplus(s_noise - log_noise_noise).mean()
