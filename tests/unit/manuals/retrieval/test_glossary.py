from hydrodiag.manuals.retrieval.glossary import Glossary, build_glossary, load_seed
from hydrodiag.manuals.retrieval.tokens import tokenize


def test_the_seed_is_broad():
    assert len(load_seed()) >= 550


def test_the_other_language_counts_half_and_its_other_names_a_quarter():
    glossary = Glossary.from_pairs([("hose", "рукав, шланг"), ("tube", "шланг")])
    (concept,) = glossary.find_concepts(tokenize("hoses"))
    weights = {each.tokens: each.weight for each in concept.alternatives}
    assert weights == {("рукав",): 0.5, ("шланг",): 0.5, ("tube",): 0.25}


def test_the_longest_term_wins():
    glossary = Glossary.from_pairs([("valve", "клапан"), ("relief valve", "предохранитель")])
    concepts = glossary.find_concepts(tokenize("relief valve"))
    assert [len(each.tokens) for each in concepts] == [2]


def test_an_added_pair_is_found_and_changes_the_fingerprint():
    more = build_glossary([("whatsit", "штуковина")])
    (concept,) = more.find_concepts(tokenize("whatsit"))
    assert concept.alternatives
    assert more.fingerprint != build_glossary().fingerprint


def test_the_order_of_pairs_does_not_change_the_fingerprint():
    pairs = [("a1b", "x2y"), ("oil", "масло")]
    one, other = (Glossary.from_pairs(each) for each in (pairs, pairs[::-1]))
    assert one.fingerprint == other.fingerprint
