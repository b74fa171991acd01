"""Every exception mirrorwatch raises on purpose.

    CasefileError               the base: our own promise could not be kept; `cli` turns it into one line and an exit code
    ├── UsageError              what the user gave cannot be used (file, option, configuration key): exit 2
    │   ├── ConfigError         the configuration file
    │   └── HostnameRefused     text that is not a host name we store, with its reason
    ├── StoreError              the case file cannot be opened or is of a newer version: exit 2
    ├── BusyError               another night holds the lock: exit 2
    ├── ArchiveError            a WARC file or record that is damaged, cut or missing: exit 2
    ├── BrowserError            no browser to render with, one too old, or one that does not run in its sandbox: exit 2
    ├── ModelError              model files missing or not what their card says: exit 2
    ├── DiskFullError           the disk budget is reached; the night stopped cleanly: exit 3
    ├── NetworkDown             no resolver answers; nothing is concluded about any host: exit 3
    └── CheckFailed             a check said no (verify, gate): exit 1

The far end failing is data (`casefile.outcomes.Outcome`), never an exception.
"""


class CasefileError(Exception):
    """Base of all errors raised on purpose. The text says what is wrong, where, and what to do."""

    exit_code = 2


class UsageError(CasefileError):
    """What the user gave cannot be used."""


class ConfigError(UsageError):
    """The configuration file cannot be read, or holds an unknown key or a wrong value."""


class HostnameRefused(UsageError):
    """Text that cannot become a `Hostname`; `reason` says why in a few words."""

    def __init__(self, text: str, reason: str) -> None:
        self.text = text
        self.reason = reason
        super().__init__(f"not a host name: {text[:100]!a}: {reason}")

    def __reduce__(self) -> tuple[type["HostnameRefused"], tuple[str, str]]:
        """Made again from text and reason, so that a worker process can hand it to its parent."""
        return type(self), (self.text, self.reason)


class StoreError(CasefileError):
    """The case file cannot be opened, is damaged, or was written by a newer mirrorwatch."""


class BusyError(CasefileError):
    """Another process is running a night on this state directory."""


class ArchiveError(CasefileError):
    """A WARC file or record is damaged, cut short or missing."""


class BrowserError(CasefileError):
    """There is no browser to render with, it is too old, or it does not run as it must; nothing that needs rendering was looked at."""


class ModelError(CasefileError):
    """Model files are missing or differ from the digests on their card."""


class DiskFullError(CasefileError):
    """The disk budget is reached: what was finished is kept, the rest is left for the next run."""

    exit_code = 3


class CheckFailed(CasefileError):
    """A check said no; the text names the item."""

    exit_code = 1


class NetworkDown(CasefileError):
    """No resolver answers: this machine has no network. Nothing is concluded about any host."""

    exit_code = 3
