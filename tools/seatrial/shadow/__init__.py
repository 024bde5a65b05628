"""Run a bot on live data, its orders recorded and not sent; check what such runs leave."""
