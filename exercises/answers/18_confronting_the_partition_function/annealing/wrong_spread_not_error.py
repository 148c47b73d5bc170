"""The relative standard deviation of one weight."""
# fails: estimate_from_two_weights, estimates_and_errors

def estimate(log_weights):
    log_Z = torch.logsumexp(log_weights, dim=0) - math.log(len(log_weights))
    return log_Z, torch.exp(log_weights - log_Z).std()
