"""A hostile web on loopback: every way in which a site can answer badly, for tests of the crawl."""
