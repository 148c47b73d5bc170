"""Only the rival with the best score, or only the largest norm."""
# fails: linear_classifiers


def robust_share(scores, rivals, eps, w_norms):
    best, place = rivals.max(dim=1)
    return (scores > best + eps * w_norms.gather(1, place[:, None])[:, 0]).double().mean().item()
