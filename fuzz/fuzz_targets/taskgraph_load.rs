//! Any bytes: the loader reads or refuses them, and what it reads can be shown.
#![no_main]

use taskgraph::{load, render};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(loaded) = load::read("fuzz", text) {
        render::mermaid(&loaded.graph);
        render::tree(&loaded.graph);
        render::svg(&loaded.graph);
        render::prompt(&loaded.graph, Some(text));
    }
});
