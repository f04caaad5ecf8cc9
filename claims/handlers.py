"""What follows from acts of the last stages, and whom it is told to."""
