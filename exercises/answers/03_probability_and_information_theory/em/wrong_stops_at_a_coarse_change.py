"""A tolerance relative to the log-likelihood."""
# fails: two_heaps


def fit_mixture(x, weights, means, variances, tol=1e-8, max_steps=500):
    history = []
    for _ in range(max_steps):
        log_likelihood, R = e_step(x, weights, means, variances)
        history.append(log_likelihood.item())
        if len(history) > 1 and abs(history[-1] / history[-2] - 1) < tol:
            break
        weights, means, variances = m_step(x, R)
    return weights, means, variances, history
