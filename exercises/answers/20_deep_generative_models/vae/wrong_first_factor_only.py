"""Only the first entry has a divergence."""
# fails: parts_by_enumeration

def divergence_parts(factors, priors):
    divergence = lambda p, q: (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()
    table, product = torch.ones_like(factors[0][:, :1]), torch.ones_like(factors[0][:1, :1])
    single = 0.0
    for factor, prior in zip(factors, priors, strict=True):
        table = (table[:, :, None] * factor[:, None, :]).flatten(1)
        product = (product[:, :, None] * factor.mean(dim=0)).flatten(1)
        single = single if torch.is_tensor(single) else divergence(factor.mean(dim=0), prior)
    mixture = table.mean(dim=0)
    information = divergence(table, mixture.expand_as(table)) / len(table)
    return information, divergence(mixture, product[0]), single
