"""Kick and drift, without halves: reversibility is lost."""
# fails: two_steps_by_hand, springs_in_closed_form, errors_of_the_energy, there_and_back, drift_with_a_mass_matrix, share_of_accepted_trajectories, moments_with_a_mass_matrix, draws_that_are_not_normal


def leapfrog(x, p, grad, step, n, mass):
    inverse = torch.linalg.inv(mass)
    for _ in range(n):
        p = p - step * grad(x)
        x = x + step * p @ inverse
    return x, p
