"""The flow is applied to x instead of its inverse."""
# fails: flow_of_one_number, flows_are_gaussians


def flow_log_likelihood(X, A, b):
    Z = X @ A.T + b
    return -gaussian_nll(torch.zeros_like(Z), Z, 1.0) - torch.linalg.slogdet(A).logabsdet
