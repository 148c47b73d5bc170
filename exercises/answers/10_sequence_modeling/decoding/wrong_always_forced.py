"""The model always sees the truth."""
# fails: errors_that_add_up, half_way


def predictions(model, start, truth, forced):
    return torch.stack([model(x) for x in [start, *truth[:-1]]])
