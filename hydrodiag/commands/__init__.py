"""The verbs of the `hydrodiag` command, one module an area."""
