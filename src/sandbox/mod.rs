//! The embedded HubSpot.
