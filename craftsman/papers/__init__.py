"""Papers as they are handed in: what a file is by its content, photos encoded anew, safe names."""
