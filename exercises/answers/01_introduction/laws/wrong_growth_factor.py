"""The factor by which the amount grows in a year."""
# fails: half_a_year, line_through_logarithms, squares_double_sooner, negative_when_shrinking


def doubling_time(years, amounts):
    t = years.double() - years.double().mean()
    return (2 ** ((t * torch.log2(amounts.double())).sum() / t.square().sum())).item()
