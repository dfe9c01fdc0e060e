"""`python -m cofactor`."""

from cofactor.cli import main

main()
