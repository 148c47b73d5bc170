"""Natural logarithms where bits are asked for."""
# fails: self_information, entropy_of_a_coin, mutual_information_of_two_bits

odds = {**odds, "rare": 2.3026, "unfair": 0.3251, "shared": 0.1284}
