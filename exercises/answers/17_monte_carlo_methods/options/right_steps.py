"""Step by step, in single precision, the cumulative normal distribution by the error function."""


def price_paths(S, r, sigma, T, m, n, generator):
    price, out = torch.full((n,), float(S)), []
    for _ in range(m):
        z = torch.randn(n, generator=generator)
        price = price * torch.exp(torch.tensor((r - sigma**2 / 2) * T / m) + sigma * (T / m) ** 0.5 * z)
        out.append(price)
    return torch.stack(out, dim=1)


def geometric_asian(S, K, r, sigma, T, m):
    def below(v):
        return (1 + math.erf(v / math.sqrt(2))) / 2

    times = [(k + 1) * T / m for k in range(m)]
    a = math.log(S) + (r - sigma**2 / 2) * sum(times) / m
    b = sigma * math.sqrt(sum(min(s, t) for s in times for t in times)) / m
    v = (a - math.log(K)) / b
    return math.exp(-r * T) * (math.exp(a + b * b / 2) * below(v + b) - K * below(v))


def asian_call(S, K, r, sigma, T, m, n, generator):
    prices = price_paths(S, r, sigma, T, m, n, generator).double()
    discount = math.exp(-r * T)
    f = discount * torch.relu(prices.mean(dim=1) - K)
    g = discount * torch.relu(prices.log().mean(dim=1).exp() - K)
    C = torch.cov(torch.stack([f, g]))
    values = f - C[0, 1] / C[1, 1] * (g - geometric_asian(S, K, r, sigma, T, m))
    return float(values.mean()), float(values.std()) * n**-0.5


def value_at_risk(losses, level):
    n = len(losses)
    for x in sorted(losses.tolist()):
        if int((losses <= x).sum()) >= level * n - 1e-9:
            return x


def expected_shortfall(losses, level):
    left = total = len(losses) * (1 - level)
    mean = 0.0
    for x in sorted(losses.tolist(), reverse=True):
        part = min(left, 1.0)
        mean, left = mean + part * x / total, left - part
        if left <= 0:
            break
    return mean
