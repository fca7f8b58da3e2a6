//! Settings of the binary's allocator (mimalloc). It reads them from the environment before `main`, so the program starts
//! itself again with them.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Memory goes back to the system when it is freed. By default it goes back only while the thread that freed it goes on to
/// allocate, so an idle server would keep what a burst of requests took.
const GIVE_BACK_AT_ONCE: (&str, &str) = ("MIMALLOC_PURGE_DELAY", "0");

/// Starts this program again in the same process, with the allocator's settings. Goes on without them where the operator
/// has set the variable, or where the system does not start the program again.
pub(super) fn start_again_with_settings() {
    let (name, value) = GIVE_BACK_AT_ONCE;
    let mut arguments = env::args_os();
    if env::var_os(name).is_none()
        && let (Some(called), Ok(program)) = (arguments.next(), env::current_exe())
    {
        // Returns only if it fails. The server then keeps more memory while it is idle, and serves as well.
        let _ = Command::new(program).arg0(called).args(arguments).env(name, value).exec();
    }
}
