"""`python -m cofactor.cli`."""

from cofactor.cli import main

main()
