"""Never stops before the last round."""
# fails: one_component, two_heaps


def fit_mixture(x, weights, means, variances, tol=1e-8, max_steps=500):
    history = []
    for _ in range(max_steps):
        log_likelihood, R = e_step(x, weights, means, variances)
        history.append(log_likelihood.item())
        weights, means, variances = m_step(x, R)
    return weights, means, variances, history
