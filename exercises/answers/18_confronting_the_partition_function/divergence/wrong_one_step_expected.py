"""One step, whatever k is, in the expectation."""
# fails: expectations_after_k_steps

def expected_divergence(v, W, b, c, k):
    states = every_state(len(b))
    start = (v[:, None] == states).all(dim=2).double().mean(dim=0)
    gap, on = start - start @ transition_matrix(W, b, c), torch.sigmoid(states @ W + c)
    return (gap[:, None] * states).T @ on, gap @ states, gap @ on
