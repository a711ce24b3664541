import pytest

from postiche.core.explaining.targets import origin_in, target_in


@pytest.mark.parametrize(
    ("url", "target", "origin"),
    [
        ("/users/7?a=1", "/users/7?a=1", None),
        ("http://127.0.0.1:3000/users/7?a=1#top", "/users/7?a=1", "http://127.0.0.1:3000"),
        ("https://h", "/", "https://h"),
        ("https://h?a=1", "/?a=1", "https://h"),
        ("//double", "//double", None),
        (" /a b ", "/a%20b", None),
        ("/é", "/%C3%A9", None),
        ("/a%20b", "/a%20b", None),
        ("/{{id}}", "/%7B%7Bid%7D%7D", None),
        ("/?q=http://x/", "/?q=http://x/", None),
        ("users/7", None, None),
        ("", None, None),
    ],
)
def test_urls_are_read_as_they_are_written(
    url: str, target: str | None, origin: str | None
) -> None:
    assert (target_in(url), origin_in(url)) == (target, origin)
