"""The assistant: answers from manuals and live readings, each statement with its source."""
