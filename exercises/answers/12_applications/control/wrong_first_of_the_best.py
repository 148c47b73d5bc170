"""Of equally good actions the first."""
# fails: equally_good_actions


def act(q, epsilon, generator):
    if torch.rand((), generator=generator).item() < epsilon:
        return torch.randint(len(q), (), generator=generator).item()
    return q.argmax().item()
