"""The largest excess of the first over the second."""
# fails: distances_of_scipy


def ks_statistic(a, b):
    places = torch.cat([a, b])
    F, G = ((s <= places[:, None]).double().mean(1) for s in (a, b))
    return (F - G).max().item()
