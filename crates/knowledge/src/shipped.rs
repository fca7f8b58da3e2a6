//! The documents of the demo's company. They say what its introduction says, and nothing else: no price is in them.

use std::borrow::Cow;

use super::source::{GivenFile, Source};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../../taskgraphs/docs/richtech/", $name)))),*]
    };
}

const RICHTECH: &[(&str, &[u8])] =
    files!["adam.md", "cloutea.md", "company.md", "delivery-times.md", "prices.md", "products.md", "support.md",];

/// What the demo answers from.
pub fn shipped() -> Vec<Source> {
    let file =
        |(path, bytes): &(&str, &'static [u8])| GivenFile { path: (*path).to_owned(), bytes: Cow::Borrowed(*bytes) };
    vec![Source::Given { name: "richtech".to_owned(), files: RICHTECH.iter().map(file).collect() }]
}
