"""Rare words become unknown; WordPiece counts only."""
# fails: pieces_of_words

statements = {**statements, "rare": "a", "score": "a"}
