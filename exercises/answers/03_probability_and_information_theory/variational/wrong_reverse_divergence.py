"""The evidence minus the divergence from the posterior to the guess."""
# fails: bound_of_a_guess, gap_is_a_divergence, certain_guesses, impossible_guess, gradient_with_respect_to_the_model


def elbo(log_joint, q):
    posterior = torch.softmax(log_joint, dim=1)
    divergence = torch.xlogy(posterior, posterior) - torch.xlogy(posterior, q)
    return torch.logsumexp(log_joint, dim=1) - divergence.sum(dim=1)
