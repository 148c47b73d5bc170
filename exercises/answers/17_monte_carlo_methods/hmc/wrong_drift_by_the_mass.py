"""Momentum times mass for the velocity."""
# fails: springs_in_closed_form, drift_with_a_mass_matrix, share_of_accepted_trajectories, moments_with_a_mass_matrix

light_and_heavy = leapfrog


def leapfrog(x, p, grad, step, n, mass):
    return light_and_heavy(x, p, grad, step, n, torch.linalg.inv(mass))
