"""The entropies of both rows counted with one half each."""
# fails: mutual_information_of_two_bits

odds = {**odds, "shared": 0.9710 - (0.7219 + 0.8813) / 2}
