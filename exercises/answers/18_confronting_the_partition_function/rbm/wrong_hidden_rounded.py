"""Hidden units are rounded in the statistics."""
# fails: gradient_of_one_example, gradients_by_the_joint_table

def exact_gradient(v, W, b, c):
    states = every_state(len(b))
    model = torch.softmax(-free_energy(states, W, b, c), dim=0)
    on, on_model = (hidden_given_visible(x, W, c).round() for x in (v, states))
    by_W = v.T @ on / len(v) - (model[:, None] * states).T @ on_model
    return by_W, v.mean(dim=0) - model @ states, on.mean(dim=0) - model @ on_model
