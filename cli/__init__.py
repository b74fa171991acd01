"""The command line and the night: the only package that reads argv, the environment, configuration files and the clock."""
