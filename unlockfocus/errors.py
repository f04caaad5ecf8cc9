"""The refusals of the product: each is named after what it refuses and speaks to the person concerned."""


class BusinessRule(Exception):
    """A rule of the product refuses the act. `str(error)` is a sentence a customer can read, in the active language."""


class IllegalTransition(BusinessRule):
    """The file is not in a state from which this act is possible."""
