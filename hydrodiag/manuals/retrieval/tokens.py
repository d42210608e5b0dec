"""Text to index terms: Russian and English stems, codes in every spelling, units, port names."""

import re
import unicodedata
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found]

from hydrodiag.manuals.retrieval.stop_words import STOP_WORDS
from hydrodiag.manuals.retrieval.units import UNIT_PATTERN, UNITS

TOKENIZER_VERSION = 1
CODE_MARK = "#"
PORT_MARK = "@"
FEWEST_DIGITS_OF_A_CODE = 5

_ENGLISH, _RUSSIAN = Stemmer.Stemmer("english"), Stemmer.Stemmer("russian")
_TERM = re.compile(
    rf"(?P<unit>(?<![a-zа-я]){UNIT_PATTERN}(?![a-zа-я0-9]))"
    r"|(?P<decimal>\d+,\d+)(?![-./\d])"
    r"|(?P<term>[0-9a-zа-я]+(?:[-./x×_][0-9a-zа-я]+)*)"
)
_SPACED_CODE = re.compile(r"(?<![\w-])([A-ZА-Я]{2,4}) (?=\d)")
_PORT = re.compile(
    r"\b(?i:ports?|lines?|circuits?|connections?|порт\w*|лини\w+|контур\w*|канал\w*|отверсти\w+"
    r"|вывод\w*|штуцер\w*)\s+([A-ZА-Я])\b(?:\s*(?:,|and|or|to|и|или|с)\s*([A-ZА-Я])\b)*",
)
_SINGLE = re.compile(r"\b[A-ZА-Я]\b")
# Snowball makes several stems of one word here: рукав is a hand to it, рукава a sleeve.
_ROOT = re.compile("рукав|клапан|прогре|нагре|перегре|разогре|подогре|трещин|штуцер|кран(?=.?.?$)")
_LOOK_ALIKE = str.maketrans("авекмнорстухзі", "abekmhopctyx3i")
_LATIN = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziyklmnoprstufhye", strict=True)),
        **{"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya"},
        **{"ъ": "", "ь": ""},
    }
)


def tokenize(text: str) -> list[str]:
    """Terms in the order of the text; words that say nothing are left out.

    Codes come as `#` and their letters and digits, once with Cyrillic letters read as the Latin
    ones they look like and once transliterated; ports as `@` and a letter.
    """
    composed = unicodedata.normalize("NFKC", text)
    tokens = _read_ports(composed)
    lowered = _SPACED_CODE.sub(r"\1-", composed).lower().replace("ё", "е")
    for match in _TERM.finditer(lowered):
        if match["unit"]:
            tokens.append(UNITS[re.sub(r"[\s·⋅*∙.]", "", match["unit"])])
        elif match["decimal"]:
            tokens.append(match["decimal"].replace(",", "."))
        else:
            tokens.extend(_read_term(match["term"]))
    return tokens


def spell_code(text: str) -> tuple[str, ...]:
    """All spellings of a part number or code as index terms, none for text that is none."""
    code = re.sub(r"[^0-9a-zа-я]", "", text.lower().replace("ё", "е"))
    return tuple(CODE_MARK + each for each in _spell(code)) if code else ()


def is_code(token: str) -> bool:
    return token.startswith(CODE_MARK)


def _read_ports(text: str) -> list[str]:
    return [
        PORT_MARK + letter.lower().translate(_LOOK_ALIKE)
        for match in _PORT.finditer(text)
        for letter in _SINGLE.findall(match.group())
    ]


@lru_cache(maxsize=200_000)
def _read_term(term: str) -> tuple[str, ...]:
    parts = re.split(r"[-./×_]|(?<=\d)x(?=\d)", term)
    has_digit = any(letter.isdigit() for letter in term)
    tokens = spell_code(term) if _is_coded(term, parts, has_digit=has_digit) else ()
    if tokens and len(parts) == 1:
        return tokens
    if re.fullmatch(r"\d+\.\d+", term):
        return (*tokens, term)
    return (*tokens, *(each for part in parts for each in _read_part(part)))


def _is_coded(term: str, parts: list[str], *, has_digit: bool) -> bool:
    if term.isdigit():
        return len(term) >= FEWEST_DIGITS_OF_A_CODE
    if has_digit:
        return not re.fullmatch(r"\d+(?:[-.]\d+)?", term)
    return len(parts) > 1 and not STOP_WORDS.issuperset(parts)


def _read_part(part: str) -> tuple[str, ...]:
    if part in STOP_WORDS or (len(part) == 1 and not part.isdigit()):
        return ()
    if part.isalpha():
        return (_stem(part),)
    return _spell(part)


def _spell(code: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((code.translate(_LOOK_ALIKE), code.translate(_LATIN))))


def _stem(word: str) -> str:
    root = _ROOT.match(word)
    if root:
        return root.group()
    stemmer = _RUSSIAN if word[0] >= "а" else _ENGLISH
    return str(stemmer.stemWord(word))
