"""What stands behind `./run`: standard-library Python that runs before the product's own packages are installed."""
