"""The renderer: real Chromium through Playwright, behind the one way out, as a witness of what a visitor with scripts sees."""
