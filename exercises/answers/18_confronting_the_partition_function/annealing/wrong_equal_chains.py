"""As many chains as states, whatever they cost."""
# fails: race_at_equal_cost

def race(W, b, c, budget, betas, generator):
    return importance_log_weights(W, b, c, budget, generator), ais_log_weights(W, b, c, betas, budget, generator)
