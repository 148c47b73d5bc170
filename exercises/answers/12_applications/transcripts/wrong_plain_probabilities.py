"""Probabilities multiplied and added as they are."""
# fails: loss_of_torch


def ctc_log_prob(log_probs, target, blank=0):
    z = [blank]
    for c in target:
        z += [c, blank]
    alpha = [1.0, *[0.0] * len(z)][: len(z)]
    for frame in log_probs.exp():
        one, two = [0.0, *alpha], [0.0, 0.0, *alpha]
        skips = [c not in (blank, before) for c, before in zip(z, [blank, blank, *z])]
        alpha = [(a + b + c * skip) * frame[symbol] for a, b, c, skip, symbol in zip(alpha, one, two, skips, z)]
    return torch.as_tensor(sum(alpha[-2:]), dtype=log_probs.dtype).log()
