"""Probabilities for scores, so that the loss takes a softmax of a softmax; and without normalization."""
# fails: digits_are_read


def make_network():
    features = nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1), nn.Sigmoid(),
        nn.Conv2d(12, 16, 3, stride=2, padding=1), nn.Sigmoid(),
        nn.Conv2d(16, 16, 3, padding=1), nn.Sigmoid(),
    )  # fmt: skip
    head = nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(64, 10), nn.Softmax(dim=1))
    return nn.Sequential(collections.OrderedDict(features=features, head=head))
