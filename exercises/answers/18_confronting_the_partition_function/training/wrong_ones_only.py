"""The pixels that are 1 only."""
# fails: independent_baseline, report_about_new_images

def pixel_baseline(train, test):
    p = (train.sum(dim=0) + 1) / (len(train) + 2)
    return (test @ p.log()).mean().item()
