"""Findings: opened by the engine, dealt with by people, kept with everything that happened."""
