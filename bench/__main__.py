"""`python -m bench`: every measurement that the documents quote."""

from bench.http_ratio import main

main()
