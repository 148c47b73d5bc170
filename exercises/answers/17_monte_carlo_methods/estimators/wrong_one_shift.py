"""One uniform number for all strata."""
# fails: four_variances_of_exp

given_integrate = integrate


def integrate(f, kind, n, repeats, generator):
    if kind != "stratified":
        return given_integrate(f, kind, n, repeats, generator)
    return f((torch.arange(n) + torch.rand(repeats, 1, generator=generator, dtype=torch.float64)) / n).mean(dim=1)
