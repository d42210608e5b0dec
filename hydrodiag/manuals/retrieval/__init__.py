"""Finding passages: tokens, glossary, words, vectors, and what is good enough for an answer."""
