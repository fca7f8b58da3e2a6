"""Runs real MCP clients, the official conformance suite and the inspector's page against the built binary."""
