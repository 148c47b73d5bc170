"""The fakes stand in the numerator."""
# fails: three_states, no_discriminator_is_better

def best_discriminator(p, q):
    total = p + q
    return torch.where(total > 0, q / total.where(total > 0, 1), 0.5)


def jensen_shannon(p, q):
    return (game_value(p, q, 1 - best_discriminator(p, q)) + math.log(4)) / 2
