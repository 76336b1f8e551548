"""`python -m lakewright`: the same program as the `lakewright` script."""

from lakewright.cli.main import main

if __name__ == "__main__":
    main()
