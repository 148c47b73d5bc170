"""The smallest largest probability."""
# fails: smallest_margins, uncertain_and_diverse


def margin_sampling(probabilities, labelled, k):
    top = torch.where(labelled, math.inf, probabilities.amax(dim=1))
    return top.sort(stable=True).indices[:k].tolist()
