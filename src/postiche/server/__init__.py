"""The composition root and all that turns the parts into a running server.

Knows every part: settings, sockets, the store, both planes, files. Must not
know how anything is printed; the command line imports this package, nothing
else does.
"""
