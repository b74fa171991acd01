"""The one way out: a local proxy that resolves, refuses non-public addresses, pins, counts and logs; and the web made of WARC files that stands in for the real one in replay."""
