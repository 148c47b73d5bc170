"""One component after the other, and the variances through second moments about the means."""


def e_step(x, weights, means, variances):
    columns = []
    for w, m, v in zip(weights, means, variances):
        columns.append(torch.log(w) - (x - m) ** 2 / (2 * v) - torch.log(v) / 2 - math.log(2 * math.pi) / 2)
    table = torch.stack(columns, dim=1)
    top = table.amax(dim=1, keepdim=True)
    p = torch.exp(table - top)
    return (top[:, 0] + p.sum(dim=1).log()).sum(), p / p.sum(dim=1, keepdim=True)


def m_step(x, R):
    shares = R / R.sum(dim=0)
    means = (shares * x[:, None]).sum(dim=0)
    variances = torch.stack([(shares[:, k] * (x - m) ** 2).sum() for k, m in enumerate(means)])
    return R.mean(dim=0), means, variances


def fit_mixture(x, weights, means, variances, tol=1e-8, max_steps=500):
    theta, history = (weights, means, variances), []
    while len(history) < max_steps:
        log_likelihood, R = e_step(x, *theta)
        history.append(float(log_likelihood))
        if len(history) >= 2 and history[-1] - history[-2] < tol and tol > 0:
            break
        theta = m_step(x, R)
    return (*theta, history)
