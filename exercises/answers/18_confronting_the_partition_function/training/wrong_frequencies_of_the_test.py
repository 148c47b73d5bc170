"""The frequencies of the test images."""
# fails: likelihoods_by_hand, independent_baseline, report_about_new_images

def pixel_baseline(train, test):
    p = (test.sum(dim=0) + 1) / (len(test) + 2)
    return torch.where(test == 1, p, 1 - p).log().sum(dim=1).mean().item()
