"""`python -m onecity` does what `onecity` does."""

from onecity.cli import main

if __name__ == "__main__":
    main()
