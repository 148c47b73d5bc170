"""The E step only once."""
# fails: rounds_in_turn, two_heaps


def fit_mixture(x, weights, means, variances, tol=1e-8, max_steps=500):
    history, R = [], e_step(x, weights, means, variances)[1]
    for _ in range(max_steps):
        history.append(e_step(x, weights, means, variances)[0].item())
        if len(history) > 1 and abs(history[-1] - history[-2]) < tol:
            break
        weights, means, variances = m_step(x, R)
    return weights, means, variances, history
