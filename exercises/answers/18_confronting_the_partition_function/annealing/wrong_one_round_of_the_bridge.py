"""The bridge with its first guess only."""
# fails: bridges_between_gaussians

def bridge(l0, l1):
    a, r = math.log(len(l1) / len(l0)), (l0.mean() + l1.mean()) / 2
    return r + torch.sigmoid(l0 - r + a).sum().log() - torch.sigmoid(r - l1 - a).sum().log()
