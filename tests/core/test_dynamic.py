"""Every dynamic variable has the form Postman documents, and varies only with its sources."""

import json
import random
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest

from postiche.core.dynamic import NAMES, Sources, dynamic_value

NOW = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
SEEDS = range(40)

WORD = r"[a-z][a-z-]*"
PHRASE = r"[A-Za-z0-9][A-Za-z0-9 /-]*"
CAPITALIZED = r"[A-Z][a-z]+"
NAME = r"[A-Z][A-Za-z'-]+"
UUID_4 = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
PHONE = r"[2-9]\d\d-\d{3}-\d{4}"
BYTE = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
USER = rf"{NAME}([._]{NAME})?\d{{0,2}}"
SUFFIX = r"(biz|com|info|name|net|org)"
DOMAIN = rf"[a-z]+\.{SUFFIX}"
WEEKDAY = r"(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
MONTH = r"(January|February|March|April|May|June|July|August|September|October|November|December)"
DATE = (
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"\d\d 202[567] \d\d:\d\d:\d\d GMT\+0000 \(Coordinated Universal Time\)"
)
STEM = r"[a-z0-9_]+"
EXTENSION = r"[a-z0-9]+"
DIRECTORY = r"(/[a-z.]+)+"
SENTENCE = r"[A-Z][a-z]*( [a-z]+){2,9}\."
PARAGRAPH = rf"{SENTENCE}( {SENTENCE}){{2,5}}"
IMAGE = "http://lorempixel.com/640/480"
FORMS = {
    "$guid": UUID_4,
    "$timestamp": r"1767323045",
    "$isoTimestamp": r"2026-01-02T03:04:05\.678Z",
    "$randomUUID": UUID_4,
    "$randomAlphaNumeric": r"[0-9a-z]",
    "$randomBoolean": r"true|false",
    "$randomInt": r"\d{1,3}|1000",
    "$randomColor": r"[a-z]+",
    "$randomHexColor": r"#[0-9a-f]{6}",
    "$randomAbbreviation": r"[A-Z]{2,5}",
    "$randomIP": rf"({BYTE}\.){{3}}{BYTE}",
    "$randomIPV6": r"([0-9a-f]{4}:){7}[0-9a-f]{4}",
    "$randomMACAddress": r"([0-9a-f]{2}:){5}[0-9a-f]{2}",
    "$randomPassword": r"[A-Za-z0-9]{15}",
    "$randomLocale": r"[a-z]{2}",
    "$randomUserAgent": r"Mozilla/5\.0 \([^()]+\) .+/[0-9.]+",
    "$randomProtocol": r"https?",
    "$randomSemver": r"\d\.\d\.\d",
    "$randomDomainName": DOMAIN,
    "$randomDomainSuffix": SUFFIX,
    "$randomDomainWord": r"[a-z]+",
    "$randomEmail": rf"{USER}@(gmail|yahoo|hotmail)\.com",
    "$randomExampleEmail": rf"{USER}@example\.(com|net|org)",
    "$randomUserName": USER,
    "$randomUrl": rf"https?://{DOMAIN}",
    "$randomFirstName": NAME,
    "$randomLastName": NAME,
    "$randomFullName": rf"{NAME} {NAME}",
    "$randomNamePrefix": r"(Mrs?|Ms|Dr)\.|Miss",
    "$randomNameSuffix": r"[JS]r\.|I|II|III|IV|V|MD|DDS|PhD|DVM",
    "$randomJobArea": CAPITALIZED,
    "$randomJobDescriptor": CAPITALIZED,
    "$randomJobTitle": rf"{CAPITALIZED} {CAPITALIZED} {CAPITALIZED}",
    "$randomJobType": CAPITALIZED,
    "$randomPhoneNumber": PHONE,
    "$randomPhoneNumberExt": rf"[1-9]\d-{PHONE}",
    "$randomCity": r"[A-Z][A-Za-z' -]+",
    "$randomStreetName": r"[A-Z][A-Za-z' -]+",
    "$randomStreetAddress": r"\d{3,5} [A-Z][A-Za-z' -]+",
    "$randomCountry": r"[A-Z][A-Za-z' .,()-]+",
    "$randomCountryCode": r"[A-Z]{2}",
    "$randomLatitude": r"-?\d{1,2}\.\d{4}",
    "$randomLongitude": r"-?1?\d{1,2}\.\d{4}",
    "$randomAvatarImage": r"https://avatars\.githubusercontent\.com/u/\d{1,8}",
    "$randomImageUrl": IMAGE,
    "$randomAbstractImage": f"{IMAGE}/abstract",
    "$randomAnimalsImage": f"{IMAGE}/animals",
    "$randomBusinessImage": f"{IMAGE}/business",
    "$randomCatsImage": f"{IMAGE}/cats",
    "$randomCityImage": f"{IMAGE}/city",
    "$randomFoodImage": f"{IMAGE}/food",
    "$randomNightlifeImage": f"{IMAGE}/nightlife",
    "$randomFashionImage": f"{IMAGE}/fashion",
    "$randomPeopleImage": f"{IMAGE}/people",
    "$randomNatureImage": f"{IMAGE}/nature",
    "$randomSportsImage": f"{IMAGE}/sports",
    "$randomTransportImage": f"{IMAGE}/transport",
    "$randomImageDataUri": r"data:image/svg\+xml;charset=UTF-8,%3Csvg%20[\w%.-]+%3C%2Fsvg%3E",
    "$randomBankAccount": r"\d{8}",
    "$randomBankAccountName": r"[A-Z][A-Za-z ]+ Account",
    "$randomCreditCardMask": r"\d{4}",
    "$randomPrice": r"\d{1,3}\.\d\d|1000\.00",
    "$randomTransactionType": r"deposit|invoice|payment|withdrawal",
    "$randomCurrencyCode": r"[A-Z]{3}",
    "$randomCurrencyName": r"[^\W\d_][\w'ʻ .()-]+",
    "$randomCurrencySymbol": r"\S{1,5}",
    "$randomBitcoin": r"[13][1-9A-HJ-NP-Za-km-z]{25,33}",
    "$randomBankAccountIban": r"[A-Z]{2}\d{2}[A-Z0-9]{11,27}",
    "$randomBankAccountBic": r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?",
    "$randomCompanyName": (
        rf"{NAME} (Inc|LLC|Group|and Sons)|{NAME} - {NAME}|{NAME}, {NAME} and {NAME}"
    ),
    "$randomCompanySuffix": r"Inc|LLC|Group|and Sons",
    "$randomBs": rf"{WORD} {PHRASE} {WORD}",
    "$randomBsAdjective": PHRASE,
    "$randomBsBuzz": WORD,
    "$randomBsNoun": WORD,
    "$randomCatchPhrase": rf"[A-Z]{PHRASE} {PHRASE} {PHRASE}",
    "$randomCatchPhraseAdjective": r"[A-Z][a-z]+([ -][a-z]+)*",
    "$randomCatchPhraseDescriptor": PHRASE,
    "$randomCatchPhraseNoun": r"[a-z]+([ -][a-z]+)*",
    "$randomDepartment": CAPITALIZED,
    "$randomProductName": rf"{CAPITALIZED} {CAPITALIZED} {CAPITALIZED}",
    "$randomProductAdjective": CAPITALIZED,
    "$randomProductMaterial": CAPITALIZED,
    "$randomProduct": CAPITALIZED,
    "$randomDatabaseColumn": r"[a-z]+([A-Z][a-z]+)?",
    "$randomDatabaseType": r"[a-z]+",
    "$randomDatabaseCollation": r"(utf8|ascii|cp1250|latin1)_[a-z_]+",
    "$randomDatabaseEngine": r"InnoDB|MyISAM|MEMORY|CSV|BLACKHOLE|ARCHIVE",
    "$randomDatePast": DATE,
    "$randomDateFuture": DATE,
    "$randomDateRecent": DATE,
    "$randomMonth": MONTH,
    "$randomWeekday": WEEKDAY,
    "$randomFileName": rf"{STEM}\.{EXTENSION}",
    "$randomCommonFileName": rf"{STEM}\.{EXTENSION}",
    "$randomFileType": r"[a-z]+",
    "$randomCommonFileType": r"application|audio|image|text|video",
    "$randomFileExt": EXTENSION,
    "$randomCommonFileExt": EXTENSION,
    "$randomFilePath": rf"{DIRECTORY}/{STEM}\.{EXTENSION}",
    "$randomDirectoryPath": DIRECTORY,
    "$randomMimeType": r"[a-z]+/[a-z0-9.+-]+",
    "$randomWord": PHRASE,
    "$randomWords": PHRASE,
    "$randomNoun": r"[a-z]+( [a-z]+)?",
    "$randomVerb": r"[a-z]+( [a-z]+)?",
    "$randomIngverb": r"[a-z]+ing( [a-z]+)?",
    "$randomAdjective": r"[a-z]+([ -][a-z]+)*",
    "$randomPhrase": r"[A-Z][A-Za-z', -]+!",
    "$randomLoremWord": r"[a-z]+",
    "$randomLoremWords": r"[a-z]+ [a-z]+ [a-z]+",
    "$randomLoremSentence": SENTENCE,
    "$randomLoremSentences": rf"{SENTENCE}( {SENTENCE}){{1,5}}",
    "$randomLoremParagraph": PARAGRAPH,
    "$randomLoremParagraphs": rf"{PARAGRAPH}\n \r{PARAGRAPH}\n \r{PARAGRAPH}",
    "$randomLoremText": rf"{SENTENCE}( {SENTENCE})*",
    "$randomLoremSlug": r"[a-z]+-[a-z]+-[a-z]+",
    "$randomLoremLines": rf"{SENTENCE}(\n{SENTENCE}){{0,4}}",
}

FIXED = {name for name in FORMS if name.endswith("Image") and name != "$randomAvatarImage"} | {
    "$randomImageUrl",
    "$timestamp",
    "$isoTimestamp",
}
MANY_LINES = {"$randomLoremParagraphs", "$randomLoremLines"}


def sources(seed: int = 1, now: datetime = NOW) -> Sources:
    return Sources(random.Random(seed), lambda: now)


def values(name: str) -> list[str]:
    """A value for each seed."""
    return [made(name, sources(seed)) for seed in SEEDS]


def made(name: str, of: Sources) -> str:
    value = dynamic_value(name, of)
    assert value is not None
    return value


def moment(text: str) -> datetime:
    """The moment that a JavaScript date text names."""
    return datetime.strptime(text[:24], "%a %b %d %Y %H:%M:%S").replace(tzinfo=UTC)


def test_there_are_118_names_and_each_has_a_documented_form() -> None:
    assert len(NAMES) == 118
    assert set(FORMS) == NAMES


@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_value_has_the_form_postman_documents(name: str) -> None:
    strangers = [value for value in values(name) if not re.fullmatch(FORMS[name], value)]
    assert strangers == []


@pytest.mark.parametrize("name", sorted(FORMS))
def test_the_same_state_gives_the_same_values(name: str) -> None:
    first, second = sources(7), sources(7)
    assert [made(name, first) for _ in range(5)] == [made(name, second) for _ in range(5)]


@pytest.mark.parametrize("name", sorted(set(FORMS) - FIXED))
def test_each_occurrence_gets_a_value_of_its_own(name: str) -> None:
    one = sources()
    assert len({made(name, one) for _ in range(40)}) > 1


@pytest.mark.parametrize("name", sorted(set(FORMS) - MANY_LINES))
def test_a_value_can_stand_in_a_json_string_as_it_is(name: str) -> None:
    for value in values(name):
        assert json.loads(f'"{value}"') == value


def test_a_name_that_is_not_one_has_no_value() -> None:
    for stranger in ("guid", "$GUID", "$randomUuid", "$random", "", "$", "$guid "):
        assert dynamic_value(stranger, sources()) is None


def test_no_randomness_but_the_injected_one_is_used() -> None:
    before = random.getstate()
    for name in NAMES:
        dynamic_value(name, sources())
    assert random.getstate() == before


def test_two_sources_do_not_draw_from_each_other() -> None:
    alone, one, other = sources(3), sources(3), sources(4)
    expected = [made("$randomFullName", alone) for _ in range(5)]
    mixed = []
    for _ in range(5):
        mixed.append(made("$randomFullName", one))
        made("$randomFullName", other)
    assert mixed == expected


def test_times_are_told_in_utc_wherever_the_clock_stands() -> None:
    in_india = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    for name in ("$timestamp", "$isoTimestamp", "$randomDatePast"):
        assert made(name, sources(now=in_india)) == made(name, sources())


def test_a_whole_second_still_shows_its_milliseconds() -> None:
    assert (
        dynamic_value("$isoTimestamp", sources(now=NOW.replace(microsecond=0)))
        == "2026-01-02T03:04:05.000Z"
    )


@pytest.mark.parametrize(
    ("name", "earliest", "latest"),
    [
        ("$randomDatePast", timedelta(days=-365), timedelta(0)),
        ("$randomDateRecent", timedelta(days=-1), timedelta(0)),
        ("$randomDateFuture", timedelta(0), timedelta(days=365, seconds=1)),
    ],
)
def test_a_date_lies_within_its_span(name: str, earliest: timedelta, latest: timedelta) -> None:
    offsets = [moment(value) - NOW.replace(microsecond=0) for value in values(name)]
    assert all(earliest <= offset <= latest for offset in offsets)
    assert max(offsets) - min(offsets) > (latest - earliest) / 2


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("$randomInt", 0, 1000),
        ("$randomPrice", 0, 1000),
        ("$randomLatitude", -90, 90),
        ("$randomLongitude", -180, 180),
    ],
)
def test_a_number_lies_within_its_bounds_and_uses_them(name: str, low: float, high: float) -> None:
    numbers = [float(value) for value in values(name)]
    assert all(low <= number <= high for number in numbers)
    assert max(numbers) - min(numbers) > (high - low) / 2


def test_a_random_integer_may_be_either_of_its_bounds() -> None:
    one = sources()
    drawn = {made("$randomInt", one) for _ in range(20_000)}
    assert {"0", "1000"} <= drawn


def test_the_check_digits_of_an_iban_are_right() -> None:
    for iban in values("$randomBankAccountIban"):
        turned = iban[4:] + iban[:4]
        assert int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def test_faker_is_imported_at_its_first_use_and_not_before() -> None:
    script = (
        "import random, sys\n"
        "from datetime import UTC, datetime\n"
        "from postiche.core.dynamic import Sources, dynamic_value\n"
        "sources = Sources(random.Random(1), lambda: datetime.now(UTC))\n"
        "dynamic_value('$guid', sources)\n"
        "print('faker' in sys.modules)\n"
        "dynamic_value('$randomCity', sources)\n"
        "print('faker' in sys.modules)\n"
    )
    printed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert printed.stdout.split() == ["False", "True"]
