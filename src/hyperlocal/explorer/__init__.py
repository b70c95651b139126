"""The site that the explorer is: a finished index as files for the web."""
