"""The FFT without padding: the end meets the beginning."""
# fails: ten_draws_by_hand, correlations_of_chains, sums_of_pairs, worth_of_long_chains


def autocorrelation(x, lags):
    if (x == x[0]).all():
        raise ValueError("a chain that never moves")
    c = torch.fft.irfft(torch.fft.rfft(x - x.mean()).abs() ** 2, n=len(x))
    return c[: lags + 1] / c[0]
