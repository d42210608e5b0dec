"""Whether each sentence of an answer is held by the source that it names."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

from hydrodiag.manuals.retrieval.questions import guess_language
from hydrodiag.manuals.retrieval.tokens import spell_code, tokenize

CITED = re.compile(r"\s*\[(\d{1,2})\]")
SENTENCE = re.compile(r"(?<=[.!?])((?:\s*\[\d{1,2}\])*)\s+(?=\S)")
CODE = re.compile(r"\b[^\W\d_]+\d\w*")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
FEWEST_SHARED = 0.25  # of the sentence's terms, in the language of the source
FEWEST_TERMS = 3
UNSUPPORTED = "⚠"


@dataclass(frozen=True)
class CheckedAnswer:
    """`text` with the citations that hold; sentences that say something without one are marked."""

    text: str
    used: frozenset[int]
    unsupported: int


def check_citations(text: str, sources: Mapping[int, str], facts: str = "") -> CheckedAnswer:
    """`sources` by number; `facts` are tool results, which need no number beside them."""
    used: set[int] = set()
    unsupported = 0
    lines = []
    for line in text.split("\n"):
        sentences = []
        for sentence in _split(line):
            checked, cited, is_held = _check(sentence, sources, facts)
            used |= cited
            unsupported += not is_held
            sentences.append(checked if is_held else f"{checked} {UNSUPPORTED}")
        lines.append(" ".join(sentences))
    return CheckedAnswer("\n".join(lines), frozenset(used), unsupported)


def _split(line: str) -> list[str]:
    if line.lstrip().startswith("|"):
        return [line]
    return [each for each in SENTENCE.sub(lambda m: f"{m[1]}\x00", line).split("\x00") if each]


def _check(sentence: str, sources: Mapping[int, str], facts: str) -> tuple[str, set[int], bool]:
    named = [int(number) for number in CITED.findall(sentence)]
    bare = CITED.sub("", sentence)
    good = {number for number in named if number in sources and _holds(sources[number], bare)}
    kept = CITED.sub(lambda match: match[0] if int(match[1]) in good else "", sentence)
    is_held = bool(good) or not _claims(bare) or _is_told_by(facts, bare)
    return kept.rstrip(), good, is_held


def _is_told_by(facts: str, sentence: str) -> bool:
    return _numbers_in(sentence, facts) and _codes_in(sentence, facts, set(tokenize(facts)))


def _claims(sentence: str) -> bool:
    """Headings, greetings and rules of tables claim nothing."""
    text = LIST_MARK.sub("", sentence).strip()
    is_heading = text.startswith("#") or text.endswith(":") or set(text) <= set("|-: ")
    return not is_heading and len(tokenize(text)) >= FEWEST_TERMS


def _holds(source: str, sentence: str) -> bool:
    """All of its numbers and codes are in the source, and enough of its words where the language
    is alike.
    """
    claim = LIST_MARK.sub("", sentence)
    terms, there = set(tokenize(claim)), set(tokenize(source))
    if not _numbers_in(claim, source, needs_any=False) or not _codes_in(claim, source, there):
        return False
    words = {term for term in terms if term.isalpha()}
    is_foreign = _is_russian(claim) != _is_russian(source)
    return is_foreign or not words or len(words & there) >= FEWEST_SHARED * len(words)


def _numbers_in(sentence: str, source: str, *, needs_any: bool = True) -> bool:
    wanted = {number.replace(",", ".") for number in NUMBER.findall(sentence)}
    there = {number.replace(",", ".") for number in NUMBER.findall(source)}
    return wanted <= there and (bool(wanted) or not needs_any)


def _codes_in(claim: str, source: str, there: Set[str]) -> bool:
    """However the source spaces them, in Latin or Cyrillic letters that look alike."""
    run_together = re.sub(r"\W", "", source).casefold()
    return all(
        code.casefold() in run_together or not there.isdisjoint(spell_code(code))
        for code in CODE.findall(claim)
    )


def _is_russian(text: str) -> bool:
    return guess_language(text) == "ru"
