"""The noise is added to the bias."""
# fails: projection, any_linear_fit


def expected_error(H, f, sigma):
    bias2 = (H @ f - f).square().mean() + sigma**2
    return bias2, sigma**2 * H.square().sum() / len(f), sigma**2
