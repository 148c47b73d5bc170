"""The answer imported from the library."""
# fails: all

from dlcore.nn import attention_rollout as rollout
