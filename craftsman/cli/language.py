"""The language of the command line: English where the locale says so, else Chinese."""

import os


def english() -> bool:
    """Whether help is shown in English (CRAFTSMAN_LANG, else LC_ALL, LC_MESSAGES, LANG)."""
    names = ("CRAFTSMAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((value for name in names if (value := os.environ.get(name))), "")
    return chosen.lower().startswith("en")


def say(chinese: str, in_english: str) -> str:
    """One of two texts, by the locale."""
    return in_english if english() else chinese
