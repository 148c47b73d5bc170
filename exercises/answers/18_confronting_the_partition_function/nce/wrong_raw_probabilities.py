"""Probabilities in place of their logarithms."""
# fails: probabilities_of_any_size

def noise_posterior(s, log_noise, k):
    p, q = s.exp(), log_noise.exp()
    return p / (p + k * q)
