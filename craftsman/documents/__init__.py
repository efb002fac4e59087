"""Documents that leave the house: rendering and keeping what is issued."""
