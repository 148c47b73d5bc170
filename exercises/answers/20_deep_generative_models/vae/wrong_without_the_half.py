"""Twice the divergence."""
# fails: best_codes_of_a_linear_model, divergence_of_two_codes, divergences_by_torch, losses_by_torch

def kl_to_prior(mean, log_var):
    return (mean**2 + log_var.exp() - log_var - 1).sum(dim=1)
