"""The values of Z averaged without their probabilities."""
# fails: average_over_z, collider, tables_with_zeros


def conditional_mutual_information(joint):
    values = []
    for table in joint.unbind(dim=2):
        p = table / table.sum().clamp(min=1e-30)
        product = torch.outer(p.sum(dim=1), p.sum(dim=0))
        values.append((torch.xlogy(p, p) - torch.xlogy(p, product)).sum())
    return torch.stack(values).mean()
