"""The answer imported from the library."""
# fails: all

from dlcore.autoencoder import kl_sparsity_penalty, l1_activation_penalty as l1_penalty
from dlcore.autoencoder import topk_activation as top_k

columns = unit_columns


def kl_sparsity(H, rho):
    return kl_sparsity_penalty(H, rho)


def unit_columns(W_e, b_e, W_d):
    l1_penalty(W_d)
    return columns(W_e, b_e, W_d)
