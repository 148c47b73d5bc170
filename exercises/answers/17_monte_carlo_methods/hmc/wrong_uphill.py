"""The momentum is pushed up the slope."""
# fails: two_steps_by_hand, springs_in_closed_form, errors_of_the_energy, drift_with_a_mass_matrix, share_of_accepted_trajectories, moments_with_a_mass_matrix, draws_that_are_not_normal

downhill = leapfrog


def leapfrog(x, p, grad, step, n, mass):
    return downhill(x, p, lambda x: -grad(x), step, n, mass)
