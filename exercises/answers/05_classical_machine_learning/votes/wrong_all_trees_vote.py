"""Trees vote on examples that they saw."""
# fails: votes_by_hand, votes_of_many_trees


def out_of_bag_vote(votes, bags, classes):
    return torch.stack([(votes == c).sum(dim=0) for c in range(classes)]).argmax(dim=0)
