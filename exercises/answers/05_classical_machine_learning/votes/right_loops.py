"""Uniform numbers rounded down, loops over examples, a recursion for the binomial tail."""


def bootstrap(n, generator):
    return (n * torch.rand(n, generator=generator, dtype=torch.float64)).long()


def out_of_bag_vote(votes, bags, classes):
    out = []
    for i in range(votes.shape[1]):
        count = [0] * classes
        for b in range(len(votes)):
            if not (bags[b] == i).any():
                count[int(votes[b, i])] += 1
        out.append(count.index(max(count)) if any(count) else -1)
    return torch.tensor(out)


def majority_error(p, B):
    chances = [1.0]
    for _ in range(B):
        chances = [a * (1 - p) + b * p for a, b in zip([*chances, 0.0], [0.0, *chances])]
    return sum(c * (1.0 if 2 * k > B else 0.5 if 2 * k == B else 0.0) for k, c in enumerate(chances))


def average_variance(rho, sigma2, B):
    return (B * sigma2 + B * (B - 1) * rho * sigma2) / B**2
