"""`python -m tests.golden`: make the golden file anew, after a change of the model that is meant to move results."""

from tests.golden import FILE, write

if __name__ == "__main__":
    write()
    print(f"written: {FILE}")
