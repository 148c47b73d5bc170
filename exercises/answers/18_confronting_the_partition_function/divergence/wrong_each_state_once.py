"""Rows that come more than once count once."""
# fails: expectations_after_k_steps

def expected_divergence(v, W, b, c, k):
    states = every_state(len(b))
    start = (v[:, None] == states).all(dim=2).any(dim=0).double()
    start = start / start.sum()
    moved = start @ torch.linalg.matrix_power(transition_matrix(W, b, c), k)
    gap, on = start - moved, torch.sigmoid(states @ W + c)
    return (gap[:, None] * states).T @ on, gap @ states, gap @ on
