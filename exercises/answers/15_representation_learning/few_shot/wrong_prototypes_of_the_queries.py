"""The queries take part in the prototypes."""
# fails: loss_of_the_example, losses_of_distances


def prototypical_loss(support, support_labels, query, query_labels):
    P = prototypes(torch.cat([support, query]), torch.cat([support_labels, query_labels]))
    return nn.functional.cross_entropy(-((query[:, None] - P) ** 2).sum(dim=2), query_labels)
