"""Bootstrap samples of all positives."""
# fails: intervals_of_binomials


def audit(groups, y, guess, draws, generator):
    report, pool = {}, guess[y == 1].double()
    for group in dict.fromkeys(groups):
        hits = guess[torch.tensor([g == group for g in groups]) & (y == 1)].double()
        n = len(hits)
        rates = pool[torch.randint(len(pool), (draws, max(n, 1)), generator=generator)].mean(dim=1)
        ends = rates.quantile(torch.tensor([0.025, 0.975], dtype=rates.dtype)).tolist() if n > 1 else [hits.mean().item()] * 2
        report[group] = n, (hits.mean().item(), *ends)
    return report
