import pytest

from review import language
from review.errors import MissingModel


def test_each_text_keeps_its_words_one_token_each():
    texts = [["take", "your", "time"], ["do", "not", "move", "."], ["👮🏽", "é", "licence-plate"]]
    assert [[token.text for token in tokens] for tokens in language.parse(texts)] == texts


def test_words_have_their_dictionary_form_and_tag():
    [tokens] = language.parse([["He", "stepped", "out", "of", "the", "cars"]])
    assert [token.lemma for token in tokens] == ["he", "step", "out", "of", "the", "car"]
    assert tokens[1].tag == "VBD"


def test_the_first_word_begins_a_sentence():
    [tokens] = language.parse([["step", "back"]])
    assert tokens[0].starts
    assert not tokens[1].starts


def test_no_text_is_no_work():
    assert list(language.parse([])) == []
    assert list(language.parse([[]])) == [()]


def test_the_model_has_a_version():
    assert language.model_version().startswith("3.")


def test_a_missing_model_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(language, "MODEL", "en_core_web_absent")
    with pytest.raises(MissingModel, match="pip install en-core-web-absent"):
        language._nlp.__wrapped__()


def test_the_grammar_is_reckoned_on_one_core_with_numpys_products():
    for pipe in language.LEARNED:
        assert not any(layer.ops.use_blis for layer in language._nlp().get_pipe(pipe).model.walk())
    before = [library["num_threads"] for library in language._algebra().info()]
    parsed = language.parse([["take", "your", "time"], ["sit", "down"]])
    next(parsed)
    assert {library["num_threads"] for library in language._algebra().info()} <= {1}
    list(parsed)
    assert [library["num_threads"] for library in language._algebra().info()] == before
