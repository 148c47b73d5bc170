"""25 used as the standard deviation."""
# fails: normal_band

odds = {**odds, "band": 0.1585}
