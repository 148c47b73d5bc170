"""The pair in the other order."""
# fails: share_of_every_class

plain = stratified_split


def stratified_split(y, fraction, generator):
    return plain(y, fraction, generator)[::-1]
