"""Manuals: documents, how they are read, index versions, and finding passages in them."""
