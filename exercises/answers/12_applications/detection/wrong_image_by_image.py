"""The mean of the images' average precisions."""
# fails: areas_by_definition, areas_at_the_limits

_area = average_precision


def average_precision(images, threshold):
    single = [_area([image], threshold) for image in images]
    single = [value for value in single if not math.isnan(value)]
    return sum(single) / len(single) if single else math.nan
