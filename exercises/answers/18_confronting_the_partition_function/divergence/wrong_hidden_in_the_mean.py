"""The way back from the mean of the hidden units, not from each of their states."""
# fails: steps_leave_the_model_alone, expectations_after_k_steps, expectation_for_the_tiny_machine

def transition_matrix(W, b, c):
    v = every_state(len(b))
    on = torch.sigmoid(torch.sigmoid(v @ W + c) @ W.T + b)[:, None]
    return torch.where(v == 1, on, 1 - on).prod(dim=2)
