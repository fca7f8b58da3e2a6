//! The one door to HubSpot.
