"""A step is thought to cost one evaluation for each temperature."""
# fails: race_at_equal_cost

def race(W, b, c, budget, betas, generator):
    chains = budget // len(betas)
    return importance_log_weights(W, b, c, budget, generator), ais_log_weights(W, b, c, betas, chains, generator)
