"""The first width that no longer fits."""
# fails: ten_thousand_parameters, fits_but_no_wider, nothing_at_all

last = widest


def widest(budget, d_in, d_out, depth):
    return last(budget, d_in, d_out, depth) + 1
