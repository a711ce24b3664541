"""Other people's formats, turned into Postman collections and back: pure functions.

Knows documents as parsed JSON. Must not know the store, HTTP or the Postman
API; whatever a document holds, it gives a result or a DocumentError.
"""
