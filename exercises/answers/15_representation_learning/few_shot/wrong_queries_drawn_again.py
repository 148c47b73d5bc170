"""Queries are drawn without regard to the support."""
# fails: episodes_without_overlap, small_classes


def sample_episode(labels, ways, shots, queries, generator):
    classes = labels.unique()
    chosen = classes[torch.randperm(len(classes), generator=generator)[:ways]]

    def draw(n):
        rows = [(labels == c).nonzero().flatten() for c in chosen]
        return torch.stack([r[torch.randperm(len(r), generator=generator)[:n]] for r in rows])

    return draw(shots), draw(queries)
