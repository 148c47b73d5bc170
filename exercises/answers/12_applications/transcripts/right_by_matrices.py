"""Shifted vectors, groups, a table."""

import itertools


def collapse(path, blank=0):
    return [symbol for symbol, _ in itertools.groupby(path) if symbol != blank]


def greedy(log_probs, blank=0):
    return collapse([int(row.argmax()) for row in log_probs], blank)


def ctc_log_prob(log_probs, target, blank=0):
    z = torch.full((2 * len(target) + 1,), blank)
    z[1::2] = torch.tensor(target, dtype=torch.long)
    skip = torch.zeros(len(z), dtype=torch.bool)
    skip[2:] = (z[2:] != blank) & (z[2:] != z[:-2])
    alpha = log_probs.new_full((len(z) + 2,), -math.inf)
    alpha[2] = 0.0
    for frame in log_probs:
        leap = alpha[:-2].masked_fill(~skip, -math.inf)
        new = torch.logaddexp(torch.logaddexp(alpha[2:], alpha[1:-1]), leap) + frame[z]
        alpha = torch.cat([alpha.new_full((2,), -math.inf), new])
    return torch.logaddexp(alpha[-1], alpha[-2])


def word_errors(reference, hypothesis):
    a, b = reference.split(), hypothesis.split()
    if len(a) == 0:
        raise ValueError("nothing to compare with")
    table = torch.zeros(len(a) + 1, len(b) + 1, dtype=torch.long)
    table[:, 0] = torch.arange(len(a) + 1)
    table[0] = torch.arange(len(b) + 1)
    for i in range(len(a)):
        for j in range(len(b)):
            change = table[i, j] + int(a[i] != b[j])
            table[i + 1, j + 1] = min(change, table[i, j + 1] + 1, table[i + 1, j] + 1)
    return table[-1, -1].item() / len(a)
