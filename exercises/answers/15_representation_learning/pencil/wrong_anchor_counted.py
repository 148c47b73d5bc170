"""The anchor is a candidate itself."""
# fails: two_pairs_of_views, a_guess_among_eleven

pencil = {**pencil, "pairs": [math.log(1 + (1 + math.exp(1.6) + math.exp(2)) / math.exp(1.2)), 1.353085], "collapsed": math.log(12)}
