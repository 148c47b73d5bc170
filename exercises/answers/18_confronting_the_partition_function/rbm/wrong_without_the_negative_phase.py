"""The positive phase only."""
# fails: gradient_of_one_example, inputs_of_800, gradients_by_the_joint_table, nothing_left_to_learn

def exact_gradient(v, W, b, c):
    on = hidden_given_visible(v, W, c)
    return v.T @ on / len(v), v.mean(dim=0), on.mean(dim=0)
