"""The distance, whose square is the divergence."""
# fails: divergences_by_scipy

def jensen_shannon(p, q):
    return ((game_value(p, q, best_discriminator(p, q)) + math.log(4)) / 2).clamp(min=0).sqrt()
