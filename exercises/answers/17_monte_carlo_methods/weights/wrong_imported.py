"""The answer imported from the library."""
# fails: all

import dlcore.montecarlo as library


def importance(f, log_w):
    return library.importance_sampling(f, log_w)


def self_normalized(f, log_w):
    return library.self_normalized_importance_sampling(f, log_w)


def weight_ess(log_w):
    return library.importance_ess(log_w)


def second_moment(sigma, d):
    return library.importance_ess(torch.tensor([sigma]))


def systematic_resample(w, u):
    return library.systematic_resample(w, u)
