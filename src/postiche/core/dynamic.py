"""Postman's dynamic variables: the 118 names, and how a value of each is made.

Knows the names and their formats (behaviour B.3 and its appendix 1). Must not
know where the tokens stand, nor any clock or randomness of its own: both come
in with `Sources`, so that the same state gives the same value.

Each occurrence of a token is one call of `dynamic_value`. Values are plain
text; nothing is quoted or escaped for the place where they go.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits, hexdigits
from typing import TYPE_CHECKING
from urllib.parse import quote

from postiche.core import dynamic_words as words

if TYPE_CHECKING:
    from faker.generator import Generator

BASE_58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
DAY = 24 * 60 * 60
IMAGE_URL = "http://lorempixel.com/640/480"
PARAGRAPH_BREAK = "\n \r"
"""What Postman's own generator puts between paragraphs, observed in postman-collection 4.4."""

FAKER_PROVIDERS = ["faker.providers.person", "faker.providers.address", "faker.providers.currency"]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where what varies comes from: the randomness, and a clock that gives aware datetimes."""

    random: Random
    now: Callable[[], datetime]


Make = Callable[[Sources], str]
"""Makes one value."""


def dynamic_value(name: str, sources: Sources) -> str | None:
    """A fresh value of the dynamic variable `name` ("$guid"); None if there is none of that name.

    Names are case-sensitive, as in Postman.
    """
    make = _MAKERS.get(name)
    return make(sources) if make else None


@lru_cache(maxsize=16)
def _faker(random: Random) -> "Generator":
    """Faker's generator over `random`.

    Imported here because it takes a quarter of a second, which no command
    that needs no names should pay. One generator for each Random, so that
    threads with sources of their own never draw from each other's.
    """
    from faker.factory import Factory

    generator = Factory.create("en_US", FAKER_PROVIDERS, use_weighting=False)
    generator.random = random
    return generator


# --- makers of makers ---------------------------------------------------------------


def _one_of(choices: Sequence[str]) -> Make:
    return lambda sources: sources.random.choice(choices)


def _string(alphabet: str, length: int) -> Make:
    return lambda sources: "".join(sources.random.choices(alphabet, k=length))


def _faked(formatter: str) -> Make:
    return lambda sources: str(_faker(sources.random).format(formatter))


def _joined(separator: str, *makes: Make) -> Make:
    return lambda sources: separator.join(make(sources) for make in makes)


def _several(make: Make, at_least: int, at_most: int, separator: str = " ") -> Make:
    """Between `at_least` and `at_most` values of `make`, joined by `separator`."""

    def several(sources: Sources) -> str:
        count = sources.random.randint(at_least, at_most)
        return separator.join(make(sources) for _ in range(count))

    return several


def _decimal(low: float, high: float, places: int) -> Make:
    return lambda sources: f"{sources.random.uniform(low, high):.{places}f}"


def _image(category: str) -> Make:
    return lambda _: f"{IMAGE_URL}/{category}"


def _within(first: int, last: int) -> Make:
    """A moment between `first` and `last` seconds from now, as JavaScript prints a Date."""

    def moment(sources: Sources) -> str:
        offset = timedelta(seconds=sources.random.randint(first, last))
        return _javascript_date(sources.now().astimezone(UTC) + offset)

    return moment


def _javascript_date(moment: datetime) -> str:
    """`Sat Mar 02 2019 09:09:26 GMT+0000 (Coordinated Universal Time)`, in any locale."""
    weekday = words.WEEKDAYS[moment.weekday()][:3]
    month = words.MONTHS[moment.month - 1][:3]
    return f"{weekday} {month} {moment:%d %Y %H:%M:%S} GMT+0000 (Coordinated Universal Time)"


# --- values with a form of their own ------------------------------------------------


def _uuid(sources: Sources) -> str:
    return str(uuid.UUID(int=sources.random.getrandbits(128), version=4))


def _timestamp(sources: Sources) -> str:
    return str(int(sources.now().timestamp()))


def _iso_timestamp(sources: Sources) -> str:
    moment = sources.now().astimezone(UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def _phone_number(sources: Sources) -> str:
    number = f"{sources.random.randint(2, 9)}{_string(digits, 9)(sources)}"
    return f"{number[:3]}-{number[3:6]}-{number[6:]}"


def _phone_number_ext(sources: Sources) -> str:
    return f"{sources.random.randint(10, 99)}-{_phone_number(sources)}"


def _user_name(sources: Sources) -> str:
    """One of `Alia99`, `Lottie.Smitham` and `Lottie_Smitham24`; ASCII letters and digits."""
    first, last = _faked("first_name")(sources), _faked("last_name")(sources)
    mark, number = sources.random.choice("._"), sources.random.randint(0, 99)
    return sources.random.choice(
        (f"{first}{number}", f"{first}{mark}{last}", f"{first}{mark}{last}{number}")
    )


def _company_name(sources: Sources) -> str:
    """One of `Grady LLC`, `Johns - Kassulke` and `Hahn, Rice and Batz`."""
    first, second, third = (_faked("last_name")(sources) for _ in range(3))
    suffix = sources.random.choice(words.COMPANY_SUFFIXES)
    return sources.random.choice(
        (f"{first} {suffix}", f"{first} - {second}", f"{first}, {second} and {third}")
    )


def _phrase(sources: Sources) -> str:
    phrase = sources.random.choice(words.HACKER_PHRASES).format(
        abbreviation=sources.random.choice(words.ABBREVIATIONS),
        adjective=sources.random.choice(words.HACKER_ADJECTIVES),
        noun=sources.random.choice(words.HACKER_NOUNS),
        noun_2=sources.random.choice(words.HACKER_NOUNS),
        verb=sources.random.choice(words.HACKER_VERBS),
        verb_2=sources.random.choice(words.HACKER_VERBS),
        ing_verb=sources.random.choice(words.HACKER_ING_VERBS),
    )
    return phrase[0].upper() + phrase[1:]


def _bitcoin(sources: Sources) -> str:
    length = sources.random.randint(25, 33)
    return sources.random.choice("13") + _string(BASE_58, length)(sources)


def _iban(sources: Sources) -> str:
    """An account number whose check digits are right (ISO 13616: modulo 97)."""
    country, length = sources.random.choice(sorted(words.NUMERIC_IBANS.items()))
    account = _string(digits, length)(sources)
    letters = "".join(str(int(letter, 36)) for letter in country)
    check = 98 - int(f"{account}{letters}00") % 97
    return f"{country}{check:02}{account}"


def _bic(sources: Sources) -> str:
    bank, country = _string(ascii_uppercase, 4), _faked("country_code")
    place = _string(ascii_uppercase + digits, sources.random.choice((2, 5)))
    return _joined("", bank, country, place)(sources)


def _avatar(sources: Sources) -> str:
    return f"https://avatars.githubusercontent.com/u/{sources.random.randint(1, 99_999_999)}"


def _image_data_uri(sources: Sources) -> str:
    color = sources.random.choice(words.COLORS)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="640" height="480">'
        f'<rect width="100%" height="100%" fill="{color}"/></svg>'
    )
    return f"data:image/svg+xml;charset=UTF-8,{quote(svg, safe='')}"


def _user_agent(sources: Sources) -> str:
    platform, version = sources.random.choice(words.PLATFORMS), sources.random.randint(90, 150)
    return sources.random.choice(
        (
            f"Mozilla/5.0 ({platform}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0",
            f"Mozilla/5.0 ({platform}) AppleWebKit/537.36 (KHTML, like Gecko) "
            f"Chrome/{version}.0.0.0 Safari/537.36",
        )
    )


def _hex_color(sources: Sources) -> str:
    return f"#{sources.random.randrange(1 << 24):06x}"


def _file_name(extensions: Sequence[str]) -> Make:
    """`payment_account.png`: one to three words, joined by underscores, and an extension."""
    stem = _several(_one_of(words.WORDS), 1, 3, "_")
    name = _joined(".", stem, _one_of(extensions))
    return lambda sources: name(sources).lower().replace(" ", "_").replace("-", "_")


def _sentence(sources: Sources) -> str:
    return _several(_one_of(words.LOREM), 3, 10)(sources).capitalize() + "."


def _lower(make: Make) -> Make:
    return lambda sources: make(sources).lower()


_BYTE = _string(hexdigits[:16], 2)
_GROUP = _string(hexdigits[:16], 4)
_DOMAIN_WORD = _lower(_faked("first_name"))
_DOMAIN_NAME = _joined(".", _DOMAIN_WORD, _one_of(words.DOMAIN_SUFFIXES))
_PROTOCOL = _one_of(("http", "https"))
_DIRECTORY = _one_of(words.DIRECTORIES)
_PARAGRAPH = _several(_sentence, 3, 6)

_MAKERS: dict[str, Make] = {
    # Common
    "$guid": _uuid,
    "$timestamp": _timestamp,
    "$isoTimestamp": _iso_timestamp,
    "$randomUUID": _uuid,
    # Text, numbers and colors
    "$randomAlphaNumeric": _string(ascii_lowercase + digits, 1),
    "$randomBoolean": _one_of(("true", "false")),
    "$randomInt": lambda sources: str(sources.random.randint(0, 1000)),
    "$randomColor": _one_of(words.COLORS),
    "$randomHexColor": _hex_color,
    "$randomAbbreviation": _one_of(words.ABBREVIATIONS),
    # Internet
    "$randomIP": _several(lambda sources: str(sources.random.randrange(256)), 4, 4, "."),
    "$randomIPV6": _several(_GROUP, 8, 8, ":"),
    "$randomMACAddress": _several(_BYTE, 6, 6, ":"),
    "$randomPassword": _string(ascii_letters + digits, 15),
    "$randomLocale": _one_of(words.LANGUAGES),
    "$randomUserAgent": _user_agent,
    "$randomProtocol": _PROTOCOL,
    "$randomSemver": _several(_string(digits, 1), 3, 3, "."),
    "$randomDomainName": _DOMAIN_NAME,
    "$randomDomainSuffix": _one_of(words.DOMAIN_SUFFIXES),
    "$randomDomainWord": _DOMAIN_WORD,
    "$randomEmail": _joined("@", _user_name, _one_of(words.MAIL_DOMAINS)),
    "$randomExampleEmail": _joined(
        "@", _user_name, _one_of(("example.com", "example.net", "example.org"))
    ),
    "$randomUserName": _user_name,
    "$randomUrl": _joined("://", _PROTOCOL, _DOMAIN_NAME),
    # People and their work
    "$randomFirstName": _faked("first_name"),
    "$randomLastName": _faked("last_name"),
    "$randomFullName": _joined(" ", _faked("first_name"), _faked("last_name")),
    "$randomNamePrefix": _one_of(words.NAME_PREFIXES),
    "$randomNameSuffix": _one_of(words.NAME_SUFFIXES),
    "$randomJobArea": _one_of(words.JOB_AREAS),
    "$randomJobDescriptor": _one_of(words.JOB_DESCRIPTORS),
    "$randomJobTitle": _joined(
        " ",
        _one_of(words.JOB_DESCRIPTORS),
        _one_of(words.JOB_AREAS),
        _one_of(words.JOB_TYPES),
    ),
    "$randomJobType": _one_of(words.JOB_TYPES),
    # Phone, address and location
    "$randomPhoneNumber": _phone_number,
    "$randomPhoneNumberExt": _phone_number_ext,
    "$randomCity": _faked("city"),
    "$randomStreetName": _faked("street_name"),
    "$randomStreetAddress": _joined(" ", _faked("building_number"), _faked("street_name")),
    "$randomCountry": _faked("country"),
    "$randomCountryCode": _faked("country_code"),
    "$randomLatitude": _decimal(-90, 90, 4),
    "$randomLongitude": _decimal(-180, 180, 4),
    # Images
    "$randomAvatarImage": _avatar,
    "$randomImageUrl": lambda _: IMAGE_URL,
    "$randomAbstractImage": _image("abstract"),
    "$randomAnimalsImage": _image("animals"),
    "$randomBusinessImage": _image("business"),
    "$randomCatsImage": _image("cats"),
    "$randomCityImage": _image("city"),
    "$randomFoodImage": _image("food"),
    "$randomNightlifeImage": _image("nightlife"),
    "$randomFashionImage": _image("fashion"),
    "$randomPeopleImage": _image("people"),
    "$randomNatureImage": _image("nature"),
    "$randomSportsImage": _image("sports"),
    "$randomTransportImage": _image("transport"),
    "$randomImageDataUri": _image_data_uri,
    # Finance
    "$randomBankAccount": _string(digits, 8),
    "$randomBankAccountName": _joined(" ", _one_of(words.ACCOUNT_NAMES), lambda _: "Account"),
    "$randomCreditCardMask": _string(digits, 4),
    "$randomPrice": _decimal(0, 1000, 2),
    "$randomTransactionType": _one_of(words.TRANSACTION_TYPES),
    "$randomCurrencyCode": _faked("currency_code"),
    "$randomCurrencyName": _faked("currency_name"),
    "$randomCurrencySymbol": _faked("currency_symbol"),
    "$randomBitcoin": _bitcoin,
    "$randomBankAccountIban": _iban,
    "$randomBankAccountBic": _bic,
    # Business and stores
    "$randomCompanyName": _company_name,
    "$randomCompanySuffix": _one_of(words.COMPANY_SUFFIXES),
    "$randomBs": _joined(
        " ", _one_of(words.BS_VERBS), _one_of(words.BS_ADJECTIVES), _one_of(words.BS_NOUNS)
    ),
    "$randomBsAdjective": _one_of(words.BS_ADJECTIVES),
    "$randomBsBuzz": _one_of(words.BS_VERBS),
    "$randomBsNoun": _one_of(words.BS_NOUNS),
    "$randomCatchPhrase": _joined(
        " ",
        _one_of(words.CATCH_ADJECTIVES),
        _one_of(words.CATCH_DESCRIPTORS),
        _one_of(words.CATCH_NOUNS),
    ),
    "$randomCatchPhraseAdjective": _one_of(words.CATCH_ADJECTIVES),
    "$randomCatchPhraseDescriptor": _one_of(words.CATCH_DESCRIPTORS),
    "$randomCatchPhraseNoun": _one_of(words.CATCH_NOUNS),
    "$randomDepartment": _one_of(words.DEPARTMENTS),
    "$randomProductName": _joined(
        " ",
        _one_of(words.PRODUCT_ADJECTIVES),
        _one_of(words.PRODUCT_MATERIALS),
        _one_of(words.PRODUCTS),
    ),
    "$randomProductAdjective": _one_of(words.PRODUCT_ADJECTIVES),
    "$randomProductMaterial": _one_of(words.PRODUCT_MATERIALS),
    "$randomProduct": _one_of(words.PRODUCTS),
    # Databases
    "$randomDatabaseColumn": _one_of(words.DATABASE_COLUMNS),
    "$randomDatabaseType": _one_of(words.DATABASE_TYPES),
    "$randomDatabaseCollation": _one_of(words.DATABASE_COLLATIONS),
    "$randomDatabaseEngine": _one_of(words.DATABASE_ENGINES),
    # Dates
    "$randomDatePast": _within(-365 * DAY, -1),
    "$randomDateFuture": _within(1, 365 * DAY),
    "$randomDateRecent": _within(-DAY, -1),
    "$randomMonth": _one_of(words.MONTHS),
    "$randomWeekday": _one_of(words.WEEKDAYS),
    # Files and directories
    "$randomFileName": _file_name(words.EXTENSIONS),
    "$randomCommonFileName": _file_name(words.COMMON_EXTENSIONS),
    "$randomFileType": _one_of(words.FILE_TYPES),
    "$randomCommonFileType": _one_of(words.COMMON_FILE_TYPES),
    "$randomFileExt": _one_of(words.EXTENSIONS),
    "$randomCommonFileExt": _one_of(words.COMMON_EXTENSIONS),
    "$randomFilePath": _joined("/", _DIRECTORY, _file_name(words.EXTENSIONS)),
    "$randomDirectoryPath": _DIRECTORY,
    "$randomMimeType": _one_of(words.MIME_TYPES),
    # Grammar
    "$randomWord": _one_of(words.WORDS),
    "$randomWords": _several(_one_of(words.WORDS), 2, 4),
    "$randomNoun": _one_of(words.HACKER_NOUNS),
    "$randomVerb": _one_of(words.HACKER_VERBS),
    "$randomIngverb": _one_of(words.HACKER_ING_VERBS),
    "$randomAdjective": _one_of(words.HACKER_ADJECTIVES),
    "$randomPhrase": _phrase,
    # Lorem ipsum
    "$randomLoremWord": _one_of(words.LOREM),
    "$randomLoremWords": _several(_one_of(words.LOREM), 3, 3),
    "$randomLoremSentence": _sentence,
    "$randomLoremSentences": _several(_sentence, 2, 6),
    "$randomLoremParagraph": _PARAGRAPH,
    "$randomLoremParagraphs": _several(_PARAGRAPH, 3, 3, PARAGRAPH_BREAK),
    "$randomLoremText": _several(_PARAGRAPH, 1, 3),
    "$randomLoremSlug": _several(_one_of(words.LOREM), 3, 3, "-"),
    "$randomLoremLines": _several(_sentence, 1, 5, "\n"),
}

NAMES: frozenset[str] = frozenset(_MAKERS)
"""The names Postman knows, each with its leading "$" (behaviour, appendix 1)."""
