"""Weights only.

# fails: counted
"""
parameters = 660
