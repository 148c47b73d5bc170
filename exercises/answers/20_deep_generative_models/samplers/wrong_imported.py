"""The answer imported from the library."""
# fails: all

from dlcore.generative import ddim_sample as sample_of_the_library


def ddim_sample(eps, x_T, betas, times):
    return sample_of_the_library(eps, x_T, betas)
