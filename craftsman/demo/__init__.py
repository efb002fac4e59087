"""A whole round with scripted people, on embedded servers: `craftsman demo`."""
