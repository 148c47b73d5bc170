"""A table of rates, counts of calm windows, binomial draws one by one."""


class EscalationPolicy:
    def __init__(self, alert, rollback, clear, least, calm=2):
        self.limits = (alert, rollback, clear)
        self.least, self.calm = least, calm
        self.state = "normal"
        self.log = []
        self.row = []

    def update(self, window):
        everything = [(group, *pair) for group, pair in window.items()]
        everything.append(("all", sum(e for _, e, _ in everything), sum(n for *_, n in everything)))
        rates = [(e / n, group) for group, e, n in everything if n >= self.least]
        if not rates:
            return self.state
        worst = max(rate for rate, _ in rates)
        cause = next(group for rate, group in rates if rate == worst)
        alert, rollback, clear = self.limits
        before = self.state
        self.row.append(worst < clear)
        if self.state != "rolled back":
            if worst > rollback:
                self.state = "rolled back"
            elif worst > alert:
                self.state = "alert"
            elif before == "alert" and len(self.row) >= self.calm and all(self.row[-self.calm :]):
                self.state = "normal"
        if before != self.state:
            self.log.append((before, self.state, cause))
            self.row = []
        return self.state

    def resume(self):
        if self.state != "rolled back":
            return
        self.log.append((self.state, "alert", "person"))
        self.state, self.row = "alert", []


def audit(groups, y, guess, draws, generator):
    report = {group: (0, (math.nan,) * 3) for group in groups}
    for group in set(groups):
        hits = [int(g == 1) for name, true, g in zip(groups, y.tolist(), guess.tolist()) if name == group and true == 1]
        if hits:
            p = torch.full((draws, len(hits)), sum(hits) / len(hits), dtype=torch.float64)
            rates = (torch.rand(p.shape, generator=generator, dtype=torch.float64) < p).double().mean(1)
            report[group] = (len(hits), (sum(hits) / len(hits), rates.quantile(0.025).item(), rates.quantile(0.975).item()))
    return report
