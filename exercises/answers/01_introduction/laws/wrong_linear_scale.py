"""A line through the amounts themselves."""
# fails: half_a_year, line_through_logarithms, squares_double_sooner


def doubling_time(years, amounts):
    t = years.double() - years.double().mean()
    rate = (t * amounts.double()).sum() / t.square().sum()
    return (amounts.double().mean() / rate).item()
