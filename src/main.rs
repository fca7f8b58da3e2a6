//! The `frontdesk` binary: the commands stand in `frontdesk::cli`.

use std::process::ExitCode;

/// A call makes hundreds of small allocations, which this allocator serves faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<ExitCode> {
    frontdesk::cli::run()
}
