"""n + 1 steps."""
# fails: two_steps_by_hand, springs_in_closed_form, errors_of_the_energy, drift_with_a_mass_matrix, share_of_accepted_trajectories

n_steps = leapfrog


def leapfrog(x, p, grad, step, n, mass):
    return n_steps(x, p, grad, step, n + 1, mass)
