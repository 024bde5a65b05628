"""The colours of data: mid-tones that can be told apart on a white and on a black ground."""

SERIES = ("#3b82f6", "#f0883e", "#8b93a7", "#14b8a6", "#a371f7", "#e5534b", "#d4a72c", "#57ab5a")
PART = {
    "gross_bps": "#2da06b",
    "adverse_bps": "#e5534b",
    "inventory_bps": "#a371f7",
    "fees_bps": "#f0883e",
    "funding_bps": "#14b8a6",
    "unattributed_bps": "#8b93a7",
    "net_bps": "#3b82f6",
}
BAND = {"gap": "#8b93a7", "freeze": "#d4a72c"}
OWN = {"buy": SERIES[0], "sell": SERIES[1], "own bid": SERIES[0], "own ask": SERIES[1]}
QUIET = SERIES[2]


def colour_of(label: str, at: int) -> str:
    """Return the colour of a line: its own if it has one, else its turn in the series."""
    if label.startswith("market"):
        return QUIET
    return OWN.get(label, SERIES[at % len(SERIES)])
