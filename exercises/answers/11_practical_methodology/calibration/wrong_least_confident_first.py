"""From the least confident on."""
# fails: risk_at_every_coverage


def selective_risk(confidence, right):
    wrong = (~right[confidence.argsort()]).to(confidence.dtype)
    return wrong.cumsum(0) / torch.arange(1, len(wrong) + 1)
