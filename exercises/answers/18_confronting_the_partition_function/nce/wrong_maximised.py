"""What is to be maximised."""
# fails: loss_at_the_noise, losses_by_cross_entropy, scores_of_five_hundred

def nce_loss(s_data, log_noise_data, s_noise, log_noise_noise, k):
    softplus, shift = torch.nn.functional.softplus, math.log(k)
    return -softplus(shift + log_noise_data - s_data).mean() - k * softplus(s_noise - shift - log_noise_noise).mean()
