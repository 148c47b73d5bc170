"""With a formula."""
d = [10, 20, 20, 3]
parameters = sum(i * o + o for i, o in zip(d, d[1:]))
