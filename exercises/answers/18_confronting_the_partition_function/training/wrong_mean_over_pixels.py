"""The mean over the pixels."""
# fails: likelihoods_by_hand, independent_baseline, report_about_new_images

def pixel_baseline(train, test):
    p = (train.sum(dim=0) + 1) / (len(train) + 2)
    return torch.where(test == 1, p, 1 - p).log().mean().item()
