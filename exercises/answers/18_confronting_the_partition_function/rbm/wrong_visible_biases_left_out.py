"""The visible biases are left out of the free energy."""
# fails: probabilities_of_the_tiny_machine, gradient_of_one_example, free_energies_by_enumeration, wide_layers, gradients_by_the_joint_table, nothing_left_to_learn

def free_energy(v, W, b, c):
    return -torch.nn.functional.softplus(v @ W + c).sum(dim=1)
