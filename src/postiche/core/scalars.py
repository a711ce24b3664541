"""JSON values where a document should have text.

Knows how Postman shows a value that is no string. Must not know where the
value stood.
"""

import orjson


def text(value: object) -> str:
    """A string as it is, null as nothing, anything else as JSON.

    What cannot be written as JSON, such as nesting beyond 254 levels, is
    nothing too: no document may stop the rest of a collection from loading.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return ""
