"""Full kicks at both ends."""
# fails: two_steps_by_hand, springs_in_closed_form, errors_of_the_energy, drift_with_a_mass_matrix, share_of_accepted_trajectories, draws_that_are_not_normal


def leapfrog(x, p, grad, step, n, mass):
    inverse = torch.linalg.inv(mass)
    p = p - step * grad(x)
    for _ in range(n):
        x = x + step * p @ inverse
        p = p - step * grad(x)
    return x, p
