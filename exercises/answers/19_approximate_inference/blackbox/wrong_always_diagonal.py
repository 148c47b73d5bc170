"""Only the diagonal is fitted."""
# fails: full_covariance, fit_by_batches

given = fit


def fit(X, y, full, batch, generator):
    return given(X, y, False, batch, generator)
