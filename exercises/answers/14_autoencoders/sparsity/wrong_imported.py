"""The answer imported from the library."""
# fails: all

from dlcore.autoencoder import kl_sparsity_penalty as kl_sparsity
from dlcore.autoencoder import l1_activation_penalty as l1_penalty
from dlcore.autoencoder import topk_activation as top_k
