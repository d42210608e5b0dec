import pytest

from hydrodiag.manuals.retrieval.tokens import tokenize


def test_words_of_both_languages_are_stemmed_by_their_script():
    assert tokenize("Leaking seals") == tokenize("leak seal")
    assert tokenize("насоса") == tokenize("насосы")
    assert tokenize("рукав") == tokenize("рукавов")


def test_words_that_say_nothing_are_left_out():
    assert tokenize("What is the") == []
    assert tokenize("Как это") == []


def test_yo_and_full_width_letters_are_read_as_plain_ones():
    assert tokenize("шестерён") == tokenize("шестерен")
    assert tokenize("ＨＰ-200") == tokenize("HP-200")


@pytest.mark.parametrize(
    ("one", "other"),
    [("А06", "A06"), ("КП1", "KP1"), ("ПГ-160", "PG-160"), ("М16", "M16"), ("HP 200", "HP-200")],
)
def test_a_code_is_the_same_in_either_alphabet(one, other):
    codes = [{t for t in tokenize(each) if t.startswith("#")} for each in (one, other)]
    assert codes[0] & codes[1]


def test_a_part_number_is_found_whole_and_in_parts():
    tokens = tokenize("RF-0850-R-010-BN4")
    assert "#rf0850r010bn4" in tokens
    assert {"rf", "0850", "bn4"} <= set(tokens)


@pytest.mark.parametrize(
    ("one", "other"),
    [("25 Nm", "25 Н·м"), ("28 MPa", "28 МПа"), ("5 bar", "5 бар"), ("60 l/min", "60 л/мин")],
)
def test_units_are_the_same_in_both_languages(one, other):
    assert tokenize(one) == tokenize(other)


def test_a_decimal_comma_is_a_decimal_point():
    assert tokenize("0,25 МПа") == tokenize("0.25 MPa")


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("Connect port A and B", {"@a", "@b"}),
        ("линия Т", {"@t"}),
        ("ports P, T", {"@p", "@t"}),
        ("a pump", set()),
        ("This is a port", set()),
    ],
)
def test_letters_count_where_they_name_ports(text, ports):
    assert {t for t in tokenize(text) if t.startswith("@")} == ports
