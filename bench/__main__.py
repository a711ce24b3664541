"""`python -m bench`: every measurement that the documents quote."""

import subprocess
import sys

from bench import http_ratio

http_ratio.main()
sys.exit(subprocess.run([sys.executable, "bench/big_collection.py"]).returncode)
