"""Global averages already in the features: maps of one place."""
# fails: shapes_of_the_network, middle_unit_sees_all, digits_are_read


def make_network():
    features = nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1, bias=False), nn.BatchNorm2d(12), nn.ReLU(),
        nn.Conv2d(12, 24, 3, padding=1, bias=False), nn.BatchNorm2d(24), nn.ReLU(), nn.AdaptiveAvgPool2d(1),
    )  # fmt: skip
    head = nn.Sequential(nn.Flatten(), nn.Linear(24, 16), nn.ReLU(), nn.Linear(16, 10))
    return nn.Sequential(collections.OrderedDict(features=features, head=head))
