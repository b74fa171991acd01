"""What is known of illegal-gambling sites, and where it is kept.

The shared floor of the house: records, host names, the SQLite store with its queries and migrations, the WARC archive.
The three workers (`crawler`, `classifier`, `blocklist`) share these and never import one another; nothing here reads the clock,
the environment or the network.
"""
