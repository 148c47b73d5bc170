"""Pooling and separable layers; the search by a shuffled list; a line of changes by indices; a loop for the choice."""


class _Features(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2))
        self.depthwise, self.pointwise = nn.Conv2d(16, 16, 5, padding=2, groups=16), nn.Conv2d(16, 32, 1)
        self.norm = nn.BatchNorm2d(32)

    def forward(self, x):
        return self.norm(self.pointwise(self.depthwise(self.first(x)))).relu()


class _Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = _Features()
        self.head = nn.Sequential(nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 10))

    def forward(self, x):
        return self.head(self.features(x))


def make_network():
    return _Network()


def search(space, score, cost, budget, trials, generator):
    names, left = list(space), []
    for values in itertools.product(*space.values()):
        candidate = dict(zip(names, values))
        if cost(candidate) <= budget:
            left.append(candidate)
    if not left:
        raise ValueError("every candidate is over the budget")
    best, value = None, -math.inf
    for _ in range(min(trials, len(left))):
        candidate = left.pop(int(torch.randint(len(left), (1,), generator=generator)))
        found = score(candidate)
        if found > value:
            best, value = candidate, found
    return best, value


def evolve(space, score, cost, budget, start, generations, generator):
    names, line = list(space), [(score(start), start)]
    for _ in range(generations):
        value, current = line[-1]
        name = names[int(torch.randint(len(names), (1,), generator=generator))]
        position = space[name].index(current[name])
        step = int(torch.randint(1, len(space[name]), (1,), generator=generator))
        child = dict(current)
        child[name] = space[name][(position + step) % len(space[name])]
        if cost(child) > budget:
            continue
        found = score(child)
        if not found < value:
            line.append((found, child))
    return line[-1][1], line[-1][0]


def choose(runs, budget):
    best = None
    for i, run in enumerate(runs):
        if run["parameters"] <= budget and (best is None or run["validation"] > runs[best]["validation"]):
            best = i
    return best, runs[best]["test"]
