"""One chain after the other, states one by one."""


def acceptance(p, Q):
    n = len(p)
    A = torch.zeros(n, n, dtype=torch.float64)
    for i in range(n):
        for j in range(n):
            if Q[i, j] > 0:
                A[i, j] = min(1.0, float(p[j] * Q[j, i]) / float(p[i] * Q[i, j]))
    return A


def mh_matrix(p, Q):
    P = Q * acceptance(p, Q)
    for i in range(len(p)):
        P[i, i] = 0
        P[i, i] = 1 - P[i].sum()
    return P


def imbalance(p, P):
    n, total = len(p), float(p.sum())
    return max(abs(float(p[i] * P[i, j] - p[j] * P[j, i])) / total for i in range(n) for j in range(n))


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    states = torch.zeros(len(x), steps, x.shape[1])
    accepted = torch.zeros(len(x), steps, dtype=torch.bool)
    u = torch.rand(steps, len(x), generator=generator)
    for t in range(steps):
        y = propose(x, generator)
        ratio = torch.exp(torch.clamp(log_prob(y) + log_q(x, y) - log_prob(x) - log_q(y, x), max=0))
        x = x.clone()
        for c in range(len(x)):
            if u[t, c] < ratio[c]:
                x[c], accepted[c, t] = y[c], True
        states[:, t] = x
    return states, accepted
