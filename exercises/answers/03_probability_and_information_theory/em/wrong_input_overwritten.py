"""The parameters overwritten."""
# fails: dtype_and_inputs_kept


def fit_mixture(x, weights, means, variances, tol=1e-8, max_steps=500):
    history = []
    for _ in range(max_steps):
        log_likelihood, R = e_step(x, weights, means, variances)
        history.append(log_likelihood.item())
        if len(history) > 1 and abs(history[-1] - history[-2]) < tol:
            break
        for old, new in zip((weights, means, variances), m_step(x, R)):
            old.copy_(new)
    return weights, means, variances, history
