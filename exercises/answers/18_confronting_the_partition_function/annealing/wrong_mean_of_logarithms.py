"""The mean of the log-weights, and their own standard error."""
# fails: estimate_from_two_weights, estimates_and_errors

def estimate(log_weights):
    return log_weights.mean(), log_weights.std() / math.sqrt(len(log_weights))
