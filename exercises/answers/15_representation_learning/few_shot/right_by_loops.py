"""Class after class, example after example."""


def sample_episode(labels, ways, shots, queries, generator):
    order = torch.randperm(len(labels), generator=generator).tolist()
    groups = {}
    for i in order:
        groups.setdefault(int(labels[i]), []).append(i)
    large = [rows for _, rows in sorted(groups.items()) if len(rows) >= shots + queries]
    if len(large) < ways:
        raise ValueError("too few classes")
    chosen = torch.rand(len(large), generator=generator).argsort()[:ways].tolist()
    support = [large[c][:shots] for c in chosen]
    return torch.tensor(support), torch.tensor([large[c][shots : shots + queries] for c in chosen])


def prototypes(Z, labels):
    return torch.stack([Z[labels == c].mean(0) for c in range(int(labels.max()) + 1)])


def prototypical_loss(support, support_labels, query, query_labels):
    C = prototypes(support, support_labels)
    scores = 2 * query @ C.T - (C**2).sum(1)
    return nn.functional.cross_entropy(scores, query_labels)


def linear_form(P):
    shift = P.mean(0)
    return 2 * (P - shift), -((P**2).sum(1))


def matching_predict(support, support_labels, query, temperature):
    a = nn.functional.cosine_similarity(query[:, None], support[None], dim=2) / temperature
    w = torch.exp(a - a.max(1, keepdim=True).values)
    w = w / w.sum(1, keepdim=True)
    return torch.stack([w[:, support_labels == c].sum(1) for c in range(int(support_labels.max()) + 1)], 1)
