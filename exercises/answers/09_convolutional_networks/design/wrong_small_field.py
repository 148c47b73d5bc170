"""Two plain layers: a field of 5 pixels."""
# fails: middle_unit_sees_all


def make_network():
    features = nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1, bias=False), nn.BatchNorm2d(12), nn.ReLU(),
        nn.Conv2d(12, 24, 3, padding=1, bias=False), nn.BatchNorm2d(24), nn.ReLU(),
    )  # fmt: skip
    head = nn.Sequential(nn.AdaptiveAvgPool2d(3), nn.Flatten(), nn.Linear(216, 10))
    return nn.Sequential(collections.OrderedDict(features=features, head=head))
