"""What each setting means, in one line.

Knows the names of the settings and their meaning, once, for `--help` and for
the settings themselves. Must not know their values, and imports nothing, so
that the command line shows its help without loading a server.
"""

from typing import Final

HELP: Final = {
    "api_key": "The first API key: any 16 or more visible ASCII characters.",
    "api_key_file": "File that holds the first API key; made, with a new key, if missing.",
    "host": "Address to listen on; 0.0.0.0 or :: for every network interface.",
    "port": "Port of the Postman API and of the mock servers.",
    "mock_port": "Serve mocks on a port of their own, and no longer on the main one.",
    "mock_domain": "Also answer for a mock at http://<mock id>.<this domain>.",
    "public_url": "URL under which clients reach the mocks; mockUrl starts with it.",
    "database_url": "Where everything is kept, as sqlite:///PATH.",
    "workers": "Processes that answer, on the same ports and the same database.",
    "max_body": "Largest request body, in bytes.",
    "call_log": "Keep a log of the calls to mock servers.",
    "call_log_days": "Days for which calls are kept.",
    "call_log_keep": "Calls kept for each mock server, whatever their age.",
    "call_body_limit": "Bytes kept of each body in the call log.",
    "allow_upstream": "Services that may be contacted: HOST or HOST:PORT, separated by commas.",
}
"""Setting -> its meaning. The flag is `--name-with-dashes`, the variable `POSTICHE_NAME`."""
