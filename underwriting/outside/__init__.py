"""Speaking with sources outside. `ask` is the one way out; what a reply means is read by `underwriting.sources`."""

from underwriting.outside.asking import ask

__all__ = ["ask"]
