"""The probability of noise."""
# fails: probabilities_of_data, probabilities_of_any_size

def noise_posterior(s, log_noise, k):
    return torch.sigmoid(log_noise + math.log(k) - s)
