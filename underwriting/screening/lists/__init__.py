"""Sanctions lists as their publishers write them, each read into `Listed`: one file a publisher. Pure, distrustful."""
