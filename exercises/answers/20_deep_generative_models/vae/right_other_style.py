"""Standard deviations, indexed identity, outer products by einsum."""

def kl_to_prior(mean, log_var):
    sigma = torch.exp(0.5 * log_var)
    return (0.5 * (sigma**2 + mean**2 - 1) - sigma.log()).sum(-1)


def with_class(rows, y, C):
    return torch.hstack([rows, torch.eye(C, dtype=rows.dtype)[y]])


def generate(z, y, C, B, b):
    return decoder(with_class(z, y, C), B, b)


def conditional_loss(x, y, C, noise, beta, A, a, B, b):
    mean, log_var = encoder(with_class(x, y, C), A, a)
    image = generate(mean + torch.exp(0.5 * log_var) * noise, y, C, B, b)
    log_p = (-0.5 * (x - image) ** 2 - 0.5 * math.log(2 * math.pi)).sum(1)
    return -log_p.mean() + beta * kl_to_prior(mean, log_var).mean()


def divergence_parts(factors, priors):
    n, letters = len(factors[0]), "abcdefgh"[: len(factors)]
    rows = torch.einsum(",".join("n" + c for c in letters) + "->n" + letters, *factors).reshape(n, -1)
    marginals = [f.mean(0) for f in factors]
    apart = torch.einsum(",".join(letters) + "->" + letters, *marginals).reshape(-1)

    def kl(p, q):
        keep = p > 0
        return (p[keep] * (p[keep] / q[keep]).log()).sum()

    whole = rows.mean(0)
    information = sum(kl(row, whole) for row in rows) / n
    return information, kl(whole, apart), sum(kl(m, p) for m, p in zip(marginals, priors))
