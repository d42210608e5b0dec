"""Which language a text is in, by its letters."""

import re

CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
LATIN = re.compile(r"[a-z]", re.IGNORECASE)
FEWEST_LETTERS = 20


def guess_language(text: str) -> str:
    """ "ru", "en", or "" where there are too few letters to tell.

    Russian manuals are full of Latin part numbers: a third of Cyrillic letters is Russian.
    """
    cyrillic, latin = len(CYRILLIC.findall(text)), len(LATIN.findall(text))
    if cyrillic + latin < FEWEST_LETTERS:
        return ""
    return "ru" if cyrillic * 2 > latin else "en"
