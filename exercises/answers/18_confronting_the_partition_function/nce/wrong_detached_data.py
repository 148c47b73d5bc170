"""The data's term doesn't reach the model."""
# fails: scores_of_five_hundred, table_normalises_itself

def nce_loss(s_data, log_noise_data, s_noise, log_noise_noise, k):
    softplus, shift = torch.nn.functional.softplus, math.log(k)
    return softplus(shift + log_noise_data - s_data.detach()).mean() + k * softplus(s_noise - shift - log_noise_noise).mean()
