"""All comparisons at once; histograms by loops; the monitor with a list of the last windows."""


def ks_statistic(a, b):
    places = torch.cat([a, b]).unique()
    F = (a <= places[:, None]).double().mean(1)
    G = (b <= places[:, None]).double().mean(1)
    return torch.max(torch.abs(F - G)).item()


def stability_index(train, live, bins=10):
    borders = [torch.quantile(train, k / bins).item() for k in range(1, bins)]

    def shares(sample):
        counts = [0.5] * bins
        for x in sample.tolist():
            counts[sum(border < x for border in borders)] += 1
        return [c / sum(counts) for c in counts]

    return sum((l - t) * (math.log(l) - math.log(t)) for t, l in zip(shares(train), shares(live)))


class DriftMonitor:
    def __init__(self, reference, alpha=0.05, patience=1):
        self.reference, self.alpha, self.past = reference, alpha, [False] * patience

    def update(self, window):
        m, d = self.reference.shape
        n = window.shape[0]
        limit = math.sqrt(math.log(2 * d / self.alpha) / 2 * (1 / n + 1 / m))
        deviates = any(ks_statistic(self.reference[:, j], window[:, j]) > limit for j in range(d))
        self.past = [*self.past[1:], deviates]
        return all(self.past)
