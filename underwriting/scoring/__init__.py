"""How solvent a buyer is: from two years of accounts to a probability of default and a grade. Pure."""
