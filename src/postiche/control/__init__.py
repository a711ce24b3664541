"""The control plane: the Postman API over a store.

Knows the Postman API's paths, shapes and errors, and the Store protocol. Must
not know how a mock server matches, renders or sends; the data plane does.
"""
