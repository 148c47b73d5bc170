"""Of classes with equally many votes the largest."""
# fails: votes_of_many_trees, tied_votes


def out_of_bag_vote(votes, bags, classes):
    unseen = torch.ones_like(votes, dtype=torch.bool).scatter(1, bags, False)
    counts = torch.stack([((votes == c) & unseen).sum(dim=0) for c in reversed(range(classes))])
    return torch.where(unseen.any(dim=0), classes - 1 - counts.argmax(dim=0), -1)
