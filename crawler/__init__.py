"""From rumours of a host to stored captures: sources, look-ups, the one way out, the static crawl.

The only package that talks to the web. It judges nothing: what a capture means is the classifier's business.
"""
