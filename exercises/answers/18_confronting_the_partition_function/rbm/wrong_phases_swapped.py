"""The model's phase with the plus."""
# fails: gradient_of_one_example, inputs_of_800, gradients_by_the_joint_table

def exact_gradient(v, W, b, c):
    states = every_state(len(b))
    model = torch.softmax(-free_energy(states, W, b, c), dim=0)
    on, on_model = hidden_given_visible(v, W, c), hidden_given_visible(states, W, c)
    by_W = (model[:, None] * states).T @ on_model - v.T @ on / len(v)
    return by_W, model @ states - v.mean(dim=0), model @ on_model - on.mean(dim=0)
