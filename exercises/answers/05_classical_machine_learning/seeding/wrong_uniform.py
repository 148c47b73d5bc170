"""Different rows, each as likely as any other."""
# fails: no_row_twice, far_row


def k_means_plus_plus(X, k, generator):
    return torch.randperm(len(X), generator=generator)[:k]
