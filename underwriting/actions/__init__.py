"""The insurer's acts, and the insured's answer to them: one file an idea."""
