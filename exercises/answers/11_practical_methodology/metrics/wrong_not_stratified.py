"""A plain random split."""
# fails: share_of_every_class


def stratified_split(y, fraction, generator):
    order = torch.randperm(len(y), generator=generator)
    count = round(fraction * len(y))
    return order[count:], order[:count]
