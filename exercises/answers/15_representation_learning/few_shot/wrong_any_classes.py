"""Classes that are too small are drawn."""
# fails: small_classes


def sample_episode(labels, ways, shots, queries, generator):
    classes = labels.unique()
    rows = []
    for c in classes[torch.randperm(len(classes), generator=generator)[:ways]]:
        members = (labels == c).nonzero().flatten()
        rows.append(members[torch.randperm(len(members), generator=generator)[: shots + queries]])
    rows = torch.stack([r[torch.arange(shots + queries) % len(r)] for r in rows])
    return rows[:, :shots], rows[:, shots:]
