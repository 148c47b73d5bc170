"""What is above the diagonal stays."""
# fails: factor_by_hand, factors_of_any_matrix, estimates_by_distributions, gradients_by_distributions, full_covariance, fit_by_batches

def scale_tril(raw):
    return raw - torch.diag(raw.diagonal()) + torch.diag(raw.diagonal().exp())
