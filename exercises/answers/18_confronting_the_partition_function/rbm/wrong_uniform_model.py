"""The negative phase as the mean over all states, each with the same weight."""
# fails: gradient_of_one_example, inputs_of_800, gradients_by_the_joint_table, nothing_left_to_learn

def exact_gradient(v, W, b, c):
    states = every_state(len(b))
    on, on_model = hidden_given_visible(v, W, c), hidden_given_visible(states, W, c)
    by_W = v.T @ on / len(v) - states.T @ on_model / len(states)
    return by_W, v.mean(dim=0) - states.mean(dim=0), on.mean(dim=0) - on_model.mean(dim=0)
