"""The tents are added up instead of applied to one another."""
# fails: teeth_double, straight_between


def tent_network(x, depth):
    return sum(2 * torch.relu(x) - 4 * torch.relu(x - 0.5) for _ in range(depth))
