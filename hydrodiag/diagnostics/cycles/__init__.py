"""Working cycles of a press or a test rig, second by second: features and condition models."""
