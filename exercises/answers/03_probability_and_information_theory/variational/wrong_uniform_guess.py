"""The guess ignored."""
# fails: two_hidden_states, gap_is_a_divergence, certain_guesses, gradient_with_respect_to_the_model


def elbo(log_joint, q):
    return log_joint.mean(dim=1) + math.log(log_joint.shape[1])
