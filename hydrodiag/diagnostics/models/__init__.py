"""Condition models of components: trained on labelled cycles, honest about what they know."""
