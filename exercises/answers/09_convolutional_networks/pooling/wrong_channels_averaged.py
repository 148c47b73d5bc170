"""The mean over channels as well."""
# fails: means_of_torch


def avg_pool2d(x, k, stride):
    mean = windows(x, k, stride).mean(dim=(0, 2), keepdim=True)[0]
    return mean.expand(-1, x.shape[1], -1, -1).clone()
