"""Gymnasium, the standard of environments, or a word on how to get it."""

try:
    import gymnasium
except ImportError as error:
    raise ImportError("environments need Gymnasium: pip install 'dlcore[rl]'") from error

Env = gymnasium.Env
Box = gymnasium.spaces.Box
Discrete = gymnasium.spaces.Discrete
