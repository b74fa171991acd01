"""The list on the programs that ISPs run: real resolvers and proxies on loopback ports, with the configuration that docs/isp.md gives."""
