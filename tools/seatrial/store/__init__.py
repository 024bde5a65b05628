"""Everything that writes a record: journal, folders, locks, heartbeat, manifest, clock."""
