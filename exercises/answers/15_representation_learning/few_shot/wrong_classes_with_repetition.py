"""A class may be drawn twice."""
# fails: episodes_without_overlap, small_classes


def sample_episode(labels, ways, shots, queries, generator):
    classes, counts = labels.unique(return_counts=True)
    classes = classes[counts >= shots + queries]
    rows = []
    for c in classes[torch.randint(len(classes), (ways,), generator=generator)]:
        members = (labels == c).nonzero().flatten()
        rows.append(members[torch.randperm(len(members), generator=generator)[: shots + queries]])
    rows = torch.stack(rows)
    return rows[:, :shots], rows[:, shots:]
