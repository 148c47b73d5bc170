"""Numbers of samples are thought to be equal, a sum on each side as it is."""
# fails: bridges_between_gaussians, bridge_between_multiples

def bridge(l0, l1):
    low, high = torch.cat([l0, l1]).min() - 50, torch.cat([l0, l1]).max() + 50
    for _ in range(200):
        r = (low + high) / 2
        if torch.sigmoid(l0 - r).sum() > torch.sigmoid(r - l1).sum():
            low = r
        else:
            high = r
    return r
