"""b ln b as it is written: NaN at 0."""
# fails: bethe_on_trees

def bethe(unary, edges, pair, beliefs, pair_beliefs):
    degree = torch.tensor(edges).flatten().bincount(minlength=len(unary))
    exponent = (beliefs * unary).sum() + (pair_beliefs * (pair - pair_beliefs.log())).sum()
    return exponent + ((degree - 1) * (beliefs * beliefs.log()).sum(dim=1)).sum()
