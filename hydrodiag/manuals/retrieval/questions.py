"""What a question says: its concepts, codes, quoted words, language, and the manual it names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hydrodiag.manuals.retrieval.glossary import Alternative, Concept, Glossary
from hydrodiag.manuals.retrieval.lexical import LexicalIndex
from hydrodiag.manuals.retrieval.tokens import (
    FEWEST_DIGITS_OF_A_CODE,
    is_code,
    spell_code,
    tokenize,
)

CARRIED = 0.3
SHORTEST_PREFIX = 5
SIMILAR = 0.5
_QUOTED = re.compile(r"[\"“„«]([^\"”“»]{2,200})[\"”“»]")
_WORD = re.compile(r"[0-9A-Za-zА-Яа-яЁё][0-9A-Za-zА-Яа-яЁё./×_-]*(?<![./_-])")
_CODE_NUMBER = re.compile(
    r"\b(?i:codes?|errors?|faults?|alarms?|код\w?|ошибк\w|авари\w)\s*(?:no\.?|№)?\s*(\d{1,4})\b(?![-./])"
)
_STANDARD = re.compile(r"#(?:iso|din|en|гост|gost|ту|tu)\d")


@dataclass(frozen=True)
class ManualNames:
    """What people call a manual: its title, its machine or component, the code of the system."""

    document_id: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class CodeInQuestion:
    """A part number or code as asked for, and the index terms that are meant; none: unknown.

    `is_decisive`: a passage without it does not answer; "5th" and "100-mm" are not.
    """

    text: str
    terms: tuple[str, ...]
    is_decisive: bool = True


@dataclass(frozen=True)
class Question:
    """`concepts` with how much each counts; `named` are documents, empty where none is named."""

    text: str
    language: str
    concepts: tuple[tuple[Concept, float], ...]
    codes: tuple[CodeInQuestion, ...]
    quoted: tuple[str, ...]
    named: frozenset[int]


def read_question(
    text: str,
    lexical: LexicalIndex,
    glossary: Glossary,
    manuals: Sequence[ManualNames] = (),
    previous: str = "",
) -> Question:
    """Of the previous question its words count 0.3, and its manual holds unless one is named."""
    codes = tuple(_find_codes(text, lexical))
    named = _find_named(text, manuals)
    said = _find_concepts(text, codes, glossary, manuals)
    concepts = [(_or_similar(each, lexical), 1.0) for each in said]
    if previous:
        concepts += _carry(previous, text, lexical, glossary, manuals)
        named = named or _find_named(previous, manuals)
    return Question(
        text=text,
        language=guess_language(text),
        concepts=tuple(concepts),
        codes=tuple(code for code in codes if not _names_one_of(code, manuals)),
        quoted=tuple(_QUOTED.findall(text)),
        named=named,
    )


def _find_concepts(
    text: str,
    codes: Sequence[CodeInQuestion],
    glossary: Glossary,
    manuals: Sequence[ManualNames],
) -> list[Concept]:
    """A known code counts as one whole; the name of a manual is a filter, not words to find."""
    rest = text
    for code in codes:
        if code.terms or _names_one_of(code, manuals):
            rest = rest.replace(code.text, " ")
    telling = [code for code in codes if code.terms and not _names_one_of(code, manuals)]
    concepts = [
        *(Concept((), tuple(Alternative((t,), 1.0) for t in c.terms)) for c in telling),
        *glossary.find_concepts(list(dict.fromkeys(tokenize(rest)))),
    ]
    return concepts or glossary.find_concepts(list(dict.fromkeys(tokenize(text))))


def _or_similar(concept: Concept, lexical: LexicalIndex) -> Concept:
    """A word that neither manuals nor glossary know stands for those that begin like it."""
    word = concept.tokens[0] if len(concept.tokens) == 1 else ""
    if len(word) < SHORTEST_PREFIX or concept.alternatives or word in lexical.term_ids:
        return concept
    similar = lexical.list_words_from(word[: max(SHORTEST_PREFIX, len(word) - 2)])
    close = [each for each in similar if abs(len(each) - len(word)) <= 2]
    return Concept(concept.tokens, tuple(Alternative((each,), SIMILAR) for each in close))


def _carry(
    previous: str,
    text: str,
    lexical: LexicalIndex,
    glossary: Glossary,
    manuals: Sequence[ManualNames],
) -> list[tuple[Concept, float]]:
    codes = tuple(_find_codes(previous, lexical))
    here = set(tokenize(text))
    concepts = _find_concepts(previous, codes, glossary, manuals)
    return [(each, CARRIED) for each in concepts if not here.issuperset(each.tokens or ("",))]


def guess_language(text: str) -> str:
    cyrillic = len(re.findall(r"[А-Яа-яЁё]", text))
    return "ru" if 2 * cyrillic > len(re.findall(r"[A-Za-zА-Яа-яЁё]", text)) else "en"


def _find_codes(text: str, lexical: LexicalIndex) -> Iterable[CodeInQuestion]:
    words = _WORD.findall(text)
    for word in words:
        own = [term for term in tokenize(word) if _is_identifier(term)]
        if own:
            yield CodeInQuestion(word, tuple(_meant(own, lexical)), _is_decisive(word))
    for number in _CODE_NUMBER.findall(text):
        yield CodeInQuestion(number, (number,) if number in lexical.term_ids else ())
    for left, right in pairwise(words):
        if left[0].isalpha() and right[0].isdigit() and len(left) <= 4:
            joined = [term for term in spell_code(left + right) if term in lexical.term_ids]
            if joined:
                yield CodeInQuestion(f"{left} {right}", tuple(joined))


def _is_decisive(word: str) -> bool:
    return word[0].isalpha() or sum(letter.isdigit() for letter in word) >= FEWEST_DIGITS_OF_A_CODE


def _is_identifier(term: str) -> bool:
    return is_code(term) and any(letter.isdigit() for letter in term)


def _meant(spellings: Sequence[str], lexical: LexicalIndex) -> list[str]:
    whole = [term for term in spellings if term in lexical.term_ids]
    if whole:
        return whole
    longer = (lexical.list_codes_from(t) for t in spellings if len(t) > SHORTEST_PREFIX)
    return list(dict.fromkeys(term for found in longer for term in found))


def _names_one_of(code: CodeInQuestion, manuals: Sequence[ManualNames]) -> bool:
    terms = {*code.terms, *spell_code(code.text)}
    return any(terms & _name_codes(each) for each in manuals)


def _find_named(text: str, manuals: Sequence[ManualNames]) -> frozenset[int]:
    tokens = tokenize(text)
    words = _WORD.findall(text)
    codes = {*filter(is_code, tokens)}
    codes |= {code for left, right in pairwise(words) for code in spell_code(left + right)}
    plain = " ".join(token for token in tokens if not is_code(token))
    return frozenset(
        each.document_id
        for each in manuals
        if codes & _name_codes(each) or any(f" {name} " in f" {plain} " for name in _phrases(each))
    )


def _name_codes(manual: ManualNames) -> set[str]:
    tokens = (token for name in manual.names for token in tokenize(name))
    return {token for token in tokens if is_code(token) and not _STANDARD.match(token)}


def _phrases(manual: ManualNames) -> Iterable[str]:
    """Names of one word are left out: "Press" is in half of all questions."""
    for name in manual.names:
        tokens = [token for token in tokenize(name) if not is_code(token)]
        if len(tokens) > 1:
            yield " ".join(tokens)
