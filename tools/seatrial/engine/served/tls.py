"""
A throw-away certificate authority, for clients whose scheme or host name cannot be changed.

Its private key lives in memory only and ends with the process; whoever trusts its certificate
trusts nothing any more once the exchange has stopped.
"""

import ssl
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from ...model.errors import UsageError

# The names that Bybit's clients connect to, so that a mapped host name finds a certificate of its own.
VENUE_HOSTS = (
    "api.bybit.com",
    "stream.bybit.com",
    "api-testnet.bybit.com",
    "stream-testnet.bybit.com",
    "api-demo.bybit.com",
    "stream-demo.bybit.com",
    "api.bytick.com",
)
CA_FILE = "ca.pem"


@dataclass(frozen=True)
class Authority:
    """The server's TLS context, and the certificate that clients have to trust (PEM)."""

    context: ssl.SSLContext
    certificate: bytes


def authority(host: str) -> Authority:
    """Make an authority and a server certificate for this host, loopback and the venue's own names."""
    try:
        trustme = import_module("trustme")
    except ImportError as error:
        raise UsageError("--tls needs trustme", fix="pip install 'seatrial[serve]'") from error
    ca = trustme.CA(organization_name="Seatrial, for this run only")
    names = dict.fromkeys(("localhost", "127.0.0.1", "::1", host, *VENUE_HOSTS))
    leaf = ca.issue_cert(*(name for name in names if name not in {"0.0.0.0", "::"}))  # noqa: S104
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    leaf.configure_cert(context)
    return Authority(context, ca.cert_pem.bytes())


def write_certificate(found: Authority, folder: Path) -> Path:
    """Write the authority's certificate, which is public, into a folder and return its path."""
    path = folder / CA_FILE
    path.write_bytes(found.certificate)
    return path
