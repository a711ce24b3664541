"""The data plane: answers the calls that reach a mock server, and logs them.

Knows plans, the Store protocol and ASGI. Must not know the Postman API, how
collections are parsed or matched, or which web server carries it.
"""
