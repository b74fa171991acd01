"""`python -m cli` is `mirrorwatch`."""

from cli.main import main

if __name__ == "__main__":
    main()
