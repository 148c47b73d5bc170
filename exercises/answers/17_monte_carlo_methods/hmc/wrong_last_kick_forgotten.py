"""The last half kick is missing."""
# fails: two_steps_by_hand, springs_in_closed_form, errors_of_the_energy, there_and_back, drift_with_a_mass_matrix, share_of_accepted_trajectories, draws_that_are_not_normal


def leapfrog(x, p, grad, step, n, mass):
    inverse = torch.linalg.inv(mass)
    p = p - step / 2 * grad(x)
    for k in range(n):
        x = x + step * p @ inverse
        if k < n - 1:
            p = p - step * grad(x)
    return x, p
