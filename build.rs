//! How the release binary is linked on Linux.

use std::env;

/// Without `-no-pie` the loader writes an address into each of 120,000 places at every start (most of them in the tables
/// of time zones), and keeps 5 MB resident for it: a quarter of what the server takes. The price is that the program
/// itself, unlike its heap, stacks and libraries, is not moved to a random address. It forbids unsafe code, so what
/// this guards against is a fault in one of its few C libraries.
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |variable: &str, value: &str| env::var(variable).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") && is("PROFILE", "release") {
        println!("cargo:rustc-link-arg-bin=frontdesk=-no-pie");
    }
}
