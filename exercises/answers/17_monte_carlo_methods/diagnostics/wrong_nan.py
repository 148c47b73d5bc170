"""0 divided by 0 for a chain that stands."""
# fails: chains_that_stand


def autocorrelation(x, lags):
    d, N = x - x.mean(), len(x)
    covariance = torch.fft.irfft(torch.fft.rfft(d, n=2 * N).abs() ** 2, n=2 * N)
    return covariance[: lags + 1] / covariance[0]
