"""The gradients of gamma and beta averaged."""
# fails: gradients_by_hand, gradients_by_gamma_and_beta, gradients_of_images


def batch_norm_backward(dy, x, gamma, eps=1e-5, backward_of=batch_norm_backward):
    dx, d_gamma, d_beta = backward_of(dy, x, gamma, eps)
    n = x.numel() / x.shape[1]
    return dx, d_gamma / n, d_beta / n
