"""Whether a name is on a sanctions list: names taken apart and compared, over scripts and word order. Pure."""
