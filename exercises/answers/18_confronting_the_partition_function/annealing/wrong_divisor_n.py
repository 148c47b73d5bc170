"""The standard deviation that divides by n."""
# fails: estimate_from_two_weights, estimates_and_errors

def estimate(log_weights):
    log_Z = torch.logsumexp(log_weights, dim=0) - math.log(len(log_weights))
    return log_Z, torch.exp(log_weights - log_Z).std(correction=0) / math.sqrt(len(log_weights))
