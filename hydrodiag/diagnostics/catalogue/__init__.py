"""The catalogue: every indicator and every check, with formula, limits, source and advice."""
