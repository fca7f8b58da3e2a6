//! The descriptors that the process may open, of which each connection takes one.

use tracing::{info, warn};

/// Connections at once where descriptors are no limit.
const CONNECTIONS_MAX: usize = 10_000;

/// Descriptors that are assumed where the system does not say.
const DESCRIPTORS_ASSUMED: u64 = 1_024;

/// Raises the limit of descriptors as far as the process may, and returns how many connections that allows: half of them,
/// because HubSpot, the store and the documents need some too.
pub fn connections() -> usize {
    let descriptors = raised().unwrap_or_else(|error| {
        warn!(%error, "The limit of open files could not be raised; few connections are served.");
        DESCRIPTORS_ASSUMED
    });
    let connections = connections_of(descriptors);
    info!(descriptors, connections, "Serving up to {connections} connections at once.");
    connections
}

fn connections_of(descriptors: u64) -> usize {
    usize::try_from(descriptors / 2).unwrap_or(CONNECTIONS_MAX).clamp(4, CONNECTIONS_MAX)
}

#[cfg(unix)]
fn raised() -> std::io::Result<u64> {
    rlimit::increase_nofile_limit(rlimit::INFINITY)
}

/// Other systems have no such limit.
#[cfg(not(unix))]
fn raised() -> std::io::Result<u64> {
    Ok(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_descriptors_are_for_connections() {
        for (descriptors, connections) in [(0, 4), (256, 128), (1_024, 512), (1 << 20, 10_000), (u64::MAX, 10_000)] {
            assert_eq!(connections_of(descriptors), connections, "{descriptors}");
        }
    }
}
