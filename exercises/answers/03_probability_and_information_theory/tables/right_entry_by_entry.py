"""Loops over entries, and observations taken in one by one with a normalisation after each."""


def marginal(joint, dim):
    return torch.stack([joint.select(dim, i).sum() for i in range(joint.shape[dim])])


def conditional(joint, given):
    if given == 1:
        return conditional(joint.T, 0).T
    if min(row.sum() for row in joint) <= 0:
        raise ValueError("there is nothing to divide by")
    return torch.stack([row / row.sum() for row in joint])


def is_independent(joint, tol=1e-9):
    rows, columns = marginal(joint, 0), marginal(joint, 1)
    n, m = joint.shape
    return all(abs(joint[i, j] - rows[i] * columns[j]) <= tol for i in range(n) for j in range(m))


def update(prior, likelihoods):
    p = prior
    for row in likelihoods:
        p = p * row
        if p.sum() == 0:
            raise ValueError("nothing is left")
        p = p / p.sum()
    return p
