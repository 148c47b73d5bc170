"""The largest margin first."""
# fails: choices_by_hand, smallest_margins, uncertain_and_diverse


def margin_sampling(probabilities, labelled, k):
    first, second = probabilities.topk(2, dim=1).values.T
    margins = torch.where(labelled, -math.inf, first - second)
    return margins.sort(stable=True, descending=True).indices[:k].tolist()
