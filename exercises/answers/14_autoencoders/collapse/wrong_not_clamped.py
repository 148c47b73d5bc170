"""Collapsed units get negative numbers."""
# fails: optimum_of_the_example, optimum_of_a_minimiser


def linear_beta_vae(eigenvalues, sigma2, beta):
    return eigenvalues - beta * sigma2, (eigenvalues / (beta * sigma2)).log() / 2
