//! Hours that are written out.

/// Hours that are written out, in every language of the fixed texts, with their figures.
pub(super) const HOURS: &[(&[&str], &str)] = &[
    (&["one", "et", "une", "una", "eins", "ein"], "1"),
    (&["two", "to", "deux", "due", "zwei"], "2"),
    (&["three", "tre", "trois", "drei"], "3"),
    (&["four", "fire", "quatre", "quattro", "vier"], "4"),
    (&["five", "fem", "cinq", "cinque", "fünf"], "5"),
    (&["six", "seks", "sei", "sechs"], "6"),
    (&["seven", "syv", "sept", "sette", "sieben"], "7"),
    (&["eight", "otte", "huit", "otto", "acht"], "8"),
    (&["nine", "ni", "neuf", "nove", "neun"], "9"),
    (&["ten", "ti", "dix", "dieci", "zehn"], "10"),
    (&["eleven", "elleve", "onze", "undici", "elf"], "11"),
    (&["twelve", "tolv", "douze", "dodici", "zwölf"], "12"),
];
