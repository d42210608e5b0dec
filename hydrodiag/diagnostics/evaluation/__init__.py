"""How good the condition models are, by protocols that flatter and by one that does not."""
