"""The connection: ccxt's object for one account, told to keep numbers as text and to try nothing twice."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ...model.errors import UsageError, Where
from .access import Access
from .ccxt_traits import traits_of

_URGENT_TIMEOUT_MS = 2_000.0


def connect(access: Access, *, urgent: bool = False) -> Any:
    """
    Return ccxt's object for an account; nothing is sent yet.

    An urgent one has less patience and does not space its requests: the venue's own word on its
    rate limit is heeded, and a stop does not wait for a schedule.
    """
    try:
        import ccxt
    except ImportError as error:
        raise UsageError(
            "the venue adapter needs a package that is not installed", fix="pip install 'seatrial[venues]'"
        ) from error
    settings = access.settings
    if settings.name not in ccxt.exchanges:
        raise UsageError(f"ccxt knows no exchange {settings.name!r}", where=Where(field="live.venue.name"))
    kinds = ["spot"] if settings.market == "spot" else ["linear", "inverse"]
    options = {
        "defaultType": settings.market,
        "fetchMarkets": {"types": kinds},
        **traits_of(settings.name).options,
    }
    api = getattr(ccxt, settings.name)(
        {
            "apiKey": access.api_key,
            "secret": access.api_secret,
            "password": access.api_password,
            "timeout": int(min(settings.timeout_ms, _URGENT_TIMEOUT_MS) if urgent else settings.timeout_ms),
            "enableRateLimit": settings.throttle and not urgent,
            "verify": settings.verify_tls,
            "options": {**options, **settings.options, "maxRetriesOnFailure": 0},
        }
    )
    api.number = str
    # Currencies are asked for with a signature and needed for nothing here.
    api.has["fetchCurrencies"] = False
    _point(api, access)
    if not access.costs_money:
        _fence(api)
    return api


def _fence(api: Any) -> None:
    """
    Let no request leave for another host than those that the account was pointed at.

    A test network and a local address need no permission for real money, so an address that an
    exchange class has built in somewhere else must not be reached by way of them.
    """
    allowed = {urlsplit(api.implode_hostname(address)).netloc for address in _addresses(api.urls["api"])}
    fetch = api.fetch

    def fenced(url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
        if urlsplit(url).netloc not in allowed:
            raise UsageError(f"{api.id} would have gone to {urlsplit(url).netloc}, where the real money is")
        return fetch(url, method, headers, body)

    api.fetch = fenced


def _addresses(urls: Any) -> Iterator[str]:
    if isinstance(urls, Mapping):
        for value in urls.values():
            yield from _addresses(value)
    else:
        yield str(urls)


def _point(api: Any, access: Access) -> None:
    """Point ccxt at the real network, the test network, or the address of the profile."""
    url = access.settings.url
    if url is not None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise UsageError(f"{url!r} is not an address", where=Where(field="live.venue.url"))
        api.urls["api"] = _moved(api.urls["api"], f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}")
    elif access.settings.testnet:
        try:
            api.set_sandbox_mode(True)
        except Exception as error:
            raise UsageError(
                f"{api.id} has no test network", where=Where(field="live.venue.testnet"), fix="name its url"
            ) from error


def _moved(urls: Any, base: str) -> Any:
    """Return every address of a tree at another host, its path kept."""
    if isinstance(urls, Mapping):
        return {name: _moved(value, base) for name, value in urls.items()}
    return base + urlsplit(str(urls).replace("{hostname}", "host")).path
