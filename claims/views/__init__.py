"""The insured's pages of the last stages, a module a subject."""
