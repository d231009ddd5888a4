"""What a person runs: the commands and the web page."""
