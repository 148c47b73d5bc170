"""The logarithm of the determinant is added."""
# fails: flow_of_one_number, flows_are_gaussians

plain = flow_log_likelihood


def flow_log_likelihood(X, A, b):
    return plain(X, A, b) + 2 * torch.linalg.slogdet(A).logabsdet
