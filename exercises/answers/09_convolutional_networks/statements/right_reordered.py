"""The same letters in another order."""

statements = {
    **{"picked": "a", "frozen": "b", "subset": "a", "adjoint": "c", "deeper": "b"},
    **{"vgg": "c", "which": "b", "spike": "c", "turned": "a", "words": "b"},
}
