"""The divergences are added, not averaged."""
# fails: divergences_by_scipy

def jensen_shannon(p, q):
    return game_value(p, q, best_discriminator(p, q)) + math.log(4)
