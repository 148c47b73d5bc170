"""The matrix that was given is overwritten."""
# fails: factors_of_any_matrix, estimate_by_hand, estimates_by_distributions

def scale_tril(raw):
    L = raw.tril(-1) + torch.diag(raw.diagonal().exp())
    if not raw.requires_grad and raw.grad_fn is None:
        raw.copy_(L)
    return L
