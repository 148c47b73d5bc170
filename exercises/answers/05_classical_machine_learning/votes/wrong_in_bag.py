"""The trees that saw the example vote."""
# fails: votes_by_hand, votes_of_many_trees, tied_votes


def out_of_bag_vote(votes, bags, classes):
    seen = torch.zeros_like(votes, dtype=torch.bool).scatter(1, bags, True)
    counts = torch.stack([((votes == c) & seen).sum(dim=0) for c in range(classes)])
    return torch.where(seen.any(dim=0), counts.argmax(dim=0), -1)
