"""Many files in one folder that would outvote how all others are named."""

HANDED_IN = {
    "chidi/lovelaceada_501_9000_tiny.ipynb": "chidi",
    "chidi/lovelaceada_501_9001_tiny.ipynb": "chidi",
    "chidi/lovelaceada_501_9002_tiny.ipynb": "chidi",
    "chidi/lovelaceada_501_9003_tiny.ipynb": "chidi",
    "chidi/lovelaceada_501_9004_tiny.ipynb": "chidi",
    "chidi/lovelaceada_501_9005_tiny.ipynb": "chidi",
    "chidi/lovelaceada_501_9006_tiny.ipynb": "chidi",
    "chidi/lovelaceada_501_9007_tiny.ipynb": "chidi",
    "chidi/lovelaceada_501_9008_tiny.ipynb": "chidi",
    "chidi/lovelaceada_501_9009_tiny.ipynb": "chidi",
    "chidi/lovelaceada_501_9010_tiny.ipynb": "chidi",
    "chidi/lovelaceada_501_9011_tiny.ipynb": "chidi",
    "ada/tiny.ipynb": "ada",
    "bela/tiny.ipynb": "bela",
}
EVIDENCE = "chidi: "
