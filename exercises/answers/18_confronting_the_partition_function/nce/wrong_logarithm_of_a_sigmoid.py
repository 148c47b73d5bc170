"""Logarithms of rounded probabilities."""
# fails: scores_of_five_hundred

def nce_loss(s_data, log_noise_data, s_noise, log_noise_noise, k):
    h = torch.sigmoid(s_data - math.log(k) - log_noise_data)
    g = torch.sigmoid(s_noise - math.log(k) - log_noise_noise)
    return -h.log().mean() - k * (1 - g).log().mean()
