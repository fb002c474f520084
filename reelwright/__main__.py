"""`python -m reelwright` is `reelwright`."""

from reelwright.cli import main

if __name__ == "__main__":  # processes of a pool import this file too
    main()
