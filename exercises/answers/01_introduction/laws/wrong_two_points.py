"""The first and the last measurement alone."""
# fails: line_through_logarithms


def doubling_time(years, amounts):
    return ((years[-1] - years[0]) / torch.log2(amounts[-1] / amounts[0])).item()
