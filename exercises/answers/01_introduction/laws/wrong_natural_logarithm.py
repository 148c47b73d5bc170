"""The time in which the amount grows by the factor e."""
# fails: half_a_year, line_through_logarithms


def doubling_time(years, amounts):
    t = years.double() - years.double().mean()
    return (t.square().sum() / (t * amounts.double().log()).sum()).item()
