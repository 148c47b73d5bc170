"""Sums by loops, with Python's floats."""


def autocorrelation(x, lags):
    values = [float(v) for v in x]
    if min(values) == max(values):
        raise ValueError("all draws are equal")
    N, mean = len(values), sum(values) / len(values)
    d = [v - mean for v in values]
    c = [sum(d[t] * d[t + k] for t in range(N - k)) / N for k in range(lags + 1)]
    return torch.tensor([v / c[0] for v in c])


def effective_size(x):
    N = len(x)
    if N < 4:
        raise ValueError("too few draws")
    rho = torch_correlations(x)
    tau = -1.0
    for k in range(N // 2):
        pair = float(rho[2 * k] + rho[2 * k + 1])
        if pair <= 0:
            break
        tau += 2 * pair
    return N / max(tau, 1 / math.log10(N))


def torch_correlations(x):
    if bool((x == x[0]).all()):
        raise ValueError("a chain that stands")
    d = (x - x.mean())[None, None]
    full = torch.nn.functional.conv1d(d, d, padding=len(x) - 1)[0, 0, len(x) - 1 :]
    return full / full[0]


def mean_error(x):
    return float(x.std()) * float(effective_size(x)) ** -0.5


def rhat(x):
    m, N = x.shape
    if all(len(set(chain.tolist())) == 1 for chain in x):
        raise ValueError("chains that stand")
    means = [float(chain.mean()) for chain in x]
    W = sum(float(((chain - mu) ** 2).sum()) / (N - 1) for chain, mu in zip(x, means)) / m
    grand = sum(means) / m
    B = N * sum((mu - grand) ** 2 for mu in means) / (m - 1)
    return math.sqrt(((N - 1) / N * W + B / N) / W)


def split_rhat(x):
    half = x.shape[1] // 2
    if x.shape[1] % 2:
        x = torch.cat([x[:, :half], x[:, half + 1 :]], dim=1)
    return rhat(x.reshape(-1, half))
