"""beta weights the reconstruction."""
# fails: optimum_of_the_example, optimum_of_a_minimiser

plain = linear_beta_vae


def linear_beta_vae(eigenvalues, sigma2, beta):
    return plain(eigenvalues, sigma2, 1 / beta)
