"""The model's own distribution in place of that after k steps."""
# fails: expectations_after_k_steps, expectation_for_the_tiny_machine

def expected_divergence(v, W, b, c, k):
    states = every_state(len(b))
    model = torch.linalg.matrix_power(transition_matrix(W, b, c), 2**20)[0]
    on, off = torch.sigmoid(v @ W + c), torch.sigmoid(states @ W + c)
    by_W = v.T @ on / len(v) - (model[:, None] * states).T @ off
    return by_W, v.mean(dim=0) - model @ states, on.mean(dim=0) - model @ off
