"""The matrix has the start in its columns."""
# fails: steps_leave_the_model_alone, expectations_after_k_steps, expectation_for_the_tiny_machine

def transition_matrix(W, b, c):
    v, h = every_state(len(b)), every_state(len(c))
    joint = (v @ b)[:, None] + h @ c + v @ W @ h.T
    return (torch.softmax(joint, dim=1) @ torch.softmax(joint, dim=0).T).T
