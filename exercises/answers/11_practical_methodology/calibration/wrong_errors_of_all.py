"""Errors are divided by the number of all examples."""
# fails: risk_at_every_coverage


def selective_risk(confidence, right):
    wrong = (~right[confidence.argsort(descending=True)]).to(confidence.dtype)
    return wrong.cumsum(0) / len(wrong)
