"""The sum over the hidden inputs, as if all hidden units were 1."""
# fails: probabilities_of_the_tiny_machine, gradient_of_one_example, free_energies_by_enumeration, inputs_of_800, wide_layers, gradients_by_the_joint_table

def free_energy(v, W, b, c):
    return -(v @ b) - (v @ W + c).sum(dim=1)
