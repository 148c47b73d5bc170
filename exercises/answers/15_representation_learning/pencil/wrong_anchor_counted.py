"""The anchor is a candidate itself."""
# fails: two_pairs_of_views, a_guess_among_seven

pencil = {**pencil, "pairs": [0.844535, 0.9], "collapsed": math.log(8)}
