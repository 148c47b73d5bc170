"""State by state, in floats; the gap as the difference of evidence and bound."""

def elbo(prior, likelihood, q):
    rows = []
    for like, row in zip(likelihood, q):
        total = 0.0
        for p, l, weight in zip(prior.tolist(), like.tolist(), row.tolist()):
            if weight > 0:
                joint = p * l
                total += weight * (math.log(joint) - math.log(weight)) if joint > 0 else -math.inf
        rows.append(total)
    return torch.tensor(rows, dtype=q.dtype)


def kl(q, p):
    inside = torch.where(q > 0, q * ((q.clamp(min=1e-300)).log() - p.log()), torch.zeros_like(q))
    return inside.sum(dim=-1)


def split(prior, likelihood, q):
    bound, evidence = elbo(prior, likelihood, q), (likelihood @ prior).log()
    return bound, evidence - bound, evidence


def reverse_product(P, w):
    while True:
        u = torch.exp((P.log() * w).sum(dim=1))
        u = u / u.sum()
        new = torch.exp((P.log() * u[:, None]).sum(dim=0))
        new = new / new.sum()
        if (new - w).abs().max() < 1e-12:
            return u, new
        w = new
