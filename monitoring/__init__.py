"""The fourth stage, watching the buyer until it has paid."""
