"""Two standard deviations about the mean."""
# fails: interval_of_seven_of_ten, intervals


def credible_interval(alpha, beta, mass=0.95):
    mean = alpha / (alpha + beta)
    sigma = math.sqrt(mean * (1 - mean) / (alpha + beta + 1))
    z = math.sqrt(2) * torch.erfinv(torch.tensor(mass, dtype=torch.float64)).item()
    return mean - z * sigma, mean + z * sigma
