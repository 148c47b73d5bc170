"""The divergence of the prior from the mean code."""
# fails: codes_of_probability_zero, parts_of_the_divergence

plain = split_kl


def split_kl(Q, p_x, p_z):
    return plain(Q, p_x, p_z)[0], (p_z * (p_z / (p_x @ Q)).log()).sum().item()
