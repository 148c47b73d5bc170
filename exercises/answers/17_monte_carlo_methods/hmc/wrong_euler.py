"""Euler's method."""
# fails: two_steps_by_hand, springs_in_closed_form, errors_of_the_energy, there_and_back, drift_with_a_mass_matrix, share_of_accepted_trajectories, moments_with_a_mass_matrix, draws_that_are_not_normal


def leapfrog(x, p, grad, step, n, mass):
    inverse = torch.linalg.inv(mass)
    for _ in range(n):
        x, p = x + step * p @ inverse, p - step * grad(x)
    return x, p
