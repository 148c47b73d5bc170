"""The mean over the opponent's answers."""
# fails: games_against_a_knowing_opponent


def exploitability(payoff, p):
    return (p @ -payoff).mean().item()
