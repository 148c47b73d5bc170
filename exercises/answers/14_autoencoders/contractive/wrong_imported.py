"""The answer imported from the library."""
# fails: all

from dlcore.autoencoder import contractive_penalty, contractive_penalty_grad as contractive_gradient

noise = small_noise_penalty


def small_noise_penalty(X, W_1, b_1, W_2, b_2):
    contractive_penalty(X, W_1, b_1)
    return noise(X, W_1, b_1, W_2, b_2)
