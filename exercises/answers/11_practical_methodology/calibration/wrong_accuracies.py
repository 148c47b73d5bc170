"""The share of right answers."""
# fails: risk_at_every_coverage

plain = selective_risk


def selective_risk(confidence, right):
    return 1 - plain(confidence, right)
