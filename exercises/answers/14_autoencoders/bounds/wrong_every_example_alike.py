"""The probabilities of the examples are ignored."""
# fails: codes_of_probability_zero, parts_of_the_divergence

plain = split_kl


def split_kl(Q, p_x, p_z):
    return plain(Q, torch.full_like(p_x, 1 / len(p_x)), p_z)
