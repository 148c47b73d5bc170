"""The transpose of A."""
# fails: flows_are_gaussians

plain = flow_log_likelihood


def flow_log_likelihood(X, A, b):
    return plain(X, A.T, b)
