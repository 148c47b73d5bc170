"""A bias for each input as well: 713 instead of 703."""
# fails: parameters_counted, inputs_alone_have_none


def count_parameters(sizes, bias=True):
    return sum(i * o for i, o in zip(sizes, sizes[1:])) + bias * sum(sizes)
