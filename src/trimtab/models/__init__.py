"""The weights that ship with the package, and how they are run: one thread, no hub, no torch.

Two graphs take word embeddings from one shared table: the encoder (sentences to vectors) and the verifier (pairs of
questions to log-odds). What each is, where it comes from and how it was trained stands in the card beside it.
"""

from trimtab.models.networks import Encoder, PairScorer, Words, path_of

__all__ = ["Encoder", "PairScorer", "Words", "path_of"]
