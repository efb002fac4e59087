"""Fictitious people, units and workbooks for trials, demonstrations and tests; chance comes from the seed alone."""
