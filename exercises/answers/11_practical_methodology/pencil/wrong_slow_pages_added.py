"""Twenty times one per cent."""
# fails: slow_pages

pencil = {**pencil, "page": 0.2}
