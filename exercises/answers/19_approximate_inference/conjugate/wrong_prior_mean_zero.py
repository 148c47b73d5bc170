"""The prior's mean is taken to be 0."""
# fails: first_cycle, fit_in_one_cycle, best_mean, fixed_points, nothing_above_the_evidence

def update_mean(x, prior, tau):
    strength = prior[1] + len(x)
    return x.sum().item() / strength, strength * tau
