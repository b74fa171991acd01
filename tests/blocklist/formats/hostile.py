"""What a far end may call itself or write: names (group G3 of the fault table), lines of configurations and zones, and texts (group G4)."""

NAMES = [
    "a" * 64 + ".example", ".".join(["a" * 60] * 5) + ".example", "a..example", "", ".a.example", "a.example.", "a b.example", "a\0.example",
    "a.example\nb.example", "a.example\r", "a.example\n", "a\t.example", "a;b.example", "a(b.example", 'a".example', "a\\b.example", "a/b.example",
    "a#.example", "a@b.example", "$ORIGIN.example", "$INCLUDE", "*", "*.com", "*.a.example", "localhost", "com", "a_b.example", "-a.example",
    "a-.example", "xn--a.example", "xn--zzzzzz.example", "раураl.example", "\u202ea.example", "a\u200d.example", "\uff41\uff0eexample",
    "😀.example", "straße.example", "A.EXAMPLE", "192.0.2.1", "3221225985", "0xc0000201", "[2001:db8::1]", "a.example:80", "u:p@a.example",
    "32.1.0.0.127.rpz-client-ip", "24.0.2.0.192.rpz-ip", "a.rpz-nsdname", "a.rpz-nsip", "a.local", "a.onion", "a.arpa", "a.test.invalid",
    '=cmd|"x"!.example', "\ufeffa.example", "a\u3002example\u2028b.example", "a'.example", "a<b>.example", "a&amp;.example", "%2e.example",
]  # fmt: skip

INJECTIONS = [
    "a.example CNAME .\n* CNAME rpz-passthru.",
    "a.example CNAME .\n32.1.0.0.127.rpz-client-ip CNAME rpz-drop.",
    "a.example CNAME .\n$INCLUDE /etc/passwd",
    "a.example CNAME .\n$GENERATE 1-9 h$ CNAME .",
    "a.example A 192.0.2.66 ;",
    "a.example ( CNAME",
    'a.example." always_nxdomain\nlocal-data: "victim.example A 192.0.2.66"\n#',
    'a.example" static\ninclude: "/etc/passwd"\nlocal-zone: "b',
    "a.example. 300 IN A 192.0.2.66'\nlocal-data: 'b",
    "a.example/b.example",
    "a.example/\naddress=/victim.example/192.0.2.66\nlocal=/b",
    "a.example/192.0.2.66",
    "a.example/\nconf-file=/etc/passwd\nserver=/b",
    "#",
    "a.example\n0.0.0.0 victim.example",
    "a.example victim.example",
    "a.example # victim.example",
    "a.example\n.com",
    "a.example 1; } server { listen 80; } map $a $b { b.example",
    "a.example 1;\ninclude /etc/passwd;\nb.example",
    "~.*",
    "a.example^\n||victim.example",
    "a.example^$important",
    "a.example' OR domain-name:value LIKE '%",
    "a.example'] OR [ipv4-addr:value = '192.0.2.66",
    'a.example","to_ids":true,"value":"victim.example',
    'a.example"},\n{"category":"Network activity","value":"victim.example',
    "a.example</name></entry><entry><name>victim.example",
    "a.example\n<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
    "a.example,subdomains\nvictim.example",
    "a.example\tdecision\tx\nvictim.example",
]
"""Names that would be lines of their own in one format or another."""

TEXTS = [
    "\x1b[2J", "\x1b]52;c;aGk=\x07", "\x1b]8;;https://evil.example\x1b\\x\x1b]8;;\x1b\\", "\x1b]0;title\x07", "\x9b31m", "\x9d0;t\x9c", "\x90q\x9c", "\x00", "\x07",
    "\x08\x08", "\x7f", "\r\nx", "\n", "a\nb", "\u2028", "\u2029", "\x85", "\u202egnp.exe", "\u2066x\u2069", "\u200b", "\ufeff", "\U000e0001", "\ud800", "\ufffe", "\U0010ffff",
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201", '"=1', " =1", "'=1", "=cmd|' /C calc'!A0",
    "</reason></entry>", "<![CDATA[x]]>", "&lt;", "&#0;", "&x;", "<!DOCTYPE x>", "]]>", '"', "\\", '\\"', '","x":"', "']", "\\u0000", "a,b", 'a"b', "a\tb", "a\tb\tc", "x" * 5000,
    "отсюда ₸", "\u0301", "e\u0301", "\u00a0", "\u3000", "# x", "; x", "! x",
]  # fmt: skip
"""Texts that move a terminal, turn a line, compute in a cell, or close what they stand in."""
