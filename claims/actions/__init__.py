"""The verbs of the last stage. Each locks the guarantee's row first: everything about one order happens in turn."""
