//! The loader reads or refuses any text without a panic, and a graph that it reads can be rendered.
//! Run with `cargo +nightly fuzz run taskgraph_load`.

#![no_main]

use taskgraph::{load, render};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(loaded) = load::read("fuzz", text) {
        render::mermaid(&loaded.graph);
        render::tree(&loaded.graph);
        render::svg(&loaded.graph);
        render::prompt(&loaded.graph, None, Some(text));
    }
});
