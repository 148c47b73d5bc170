"""Who goes on doesn't pay the small model."""
# fails: costs_by_hand, accounts_of_a_cascade, thresholds_by_trying


def cascade(confidence, small, large, threshold, costs):
    asked = confidence < threshold
    share = asked.double().mean().item()
    return torch.where(asked, large, small).double().mean().item(), costs[0] * (1 - share) + costs[1] * share
