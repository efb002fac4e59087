"""What a selection is: TOML files loaded into one frozen Programme."""
