"""A blank is asked for between all symbols."""
# fails: fifteen_paths, sums_over_all_paths, loss_of_torch


def ctc_log_prob(log_probs, target, blank=0):
    z = [blank]
    for c in target:
        z += [c, blank]
    never = log_probs.new_tensor(-math.inf)
    alpha = [log_probs.new_zeros(()), *[never] * len(z)][: len(z)]
    for t, frame in enumerate(log_probs):
        one = [never, *alpha]
        ways = [torch.stack([a, b]) for a, b in zip(alpha, one)]
        alpha = [way.logsumexp(dim=0) + frame[c] for way, c in zip(ways, z)]
    return torch.stack(alpha[-2:]).logsumexp(dim=0)
