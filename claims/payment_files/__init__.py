"""The files exchanged with the insurer's bank: transfer orders out, confirmations in. Pure."""
