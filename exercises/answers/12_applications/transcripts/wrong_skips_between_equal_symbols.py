"""The blank between equal symbols is skipped."""
# fails: sums_over_all_paths, loss_of_torch, too_few_frames


def ctc_log_prob(log_probs, target, blank=0):
    z = [blank]
    for c in target:
        z += [c, blank]
    never = log_probs.new_tensor(-math.inf)
    alpha = [log_probs.new_zeros(()), *[never] * len(z)][: len(z)]
    for frame in log_probs:
        one, two = [never, *alpha], [never, never, *alpha]
        ways = [torch.stack([a, b, c if symbol != blank else never]) for a, b, c, symbol in zip(alpha, one, two, z)]
        alpha = [way.logsumexp(dim=0) + frame[c] for way, c in zip(ways, z)]
    return torch.stack(alpha[-2:]).logsumexp(dim=0)
