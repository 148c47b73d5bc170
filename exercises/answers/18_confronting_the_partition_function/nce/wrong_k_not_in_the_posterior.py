"""k is left out of the probability."""
# fails: probabilities_of_data, probabilities_of_any_size

def noise_posterior(s, log_noise, k):
    return torch.sigmoid(s - log_noise)
