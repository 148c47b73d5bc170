"""The ratio upside down."""
# fails: copies_and_new_images, ratios_by_loops

def copy_ratio(fake, train, new):
    nearest = lambda rows: ((rows[:, None] - train) ** 2).sum(dim=2).sqrt().amin(dim=1).mean()
    return (nearest(new) / nearest(fake)).item()
