//! The files of `tests/cases`, each of one kind of fault that was found in the documents of companies.

use std::path::Path;

use knowledge::reading::text;

/// For each file, what its reader sees, and what nobody may read in it.
const CASES: [(&str, &[&str], &[&str]); 16] = [
    ("accordion.html", &["## How long is the quendle warranty?", "Two years from", "## Can I return a snorfle?"], &[]),
    ("chrome-prices.pdf", &["555 0142"], &["\u{FFFD}"]),
    ("document2.docx", &["euros"], &[]),
    ("footer.html", &["12 Harbour Lane", "+420 555 0134", "Monday to Friday 9 to 17"], &[]),
    ("footnote.docx", &["[1]"], &[]),
    ("fractions.pdf", &["1½ hours"], &["11⁄2", "11/2", "105 "]),
    ("late-meta.html", &["Доставка холодильника занимает пять дней."], &["\u{FFFD}"]),
    ("nbhyphen.docx", &["10-15 days"], &["1015"]),
    ("shy.html", &["Gewährleistungsfrist", "Hochspannungsnetzgerät"], &["\u{AD}", "\u{200B}"]),
    ("strike.docx", &["555"], &["999"]),
    ("sup.html", &["$19^99", "10^5 cm^2", "note[3]", "H2O", "now $39", "$77"], &["1999", "$49", "$88"]),
    (
        "table.html",
        &["| Drunnel filter | DF-100 | 12 EUR |", "| Drunnel filter | DF-200 | 15 EUR |"],
        &["| DF-200 | 15 EUR |  |"],
    ),
    ("utf16le-nobom.txt", &["The trundlewick costs 14 euros a day."], &["\0"]),
    ("utf8-one-bad-byte.txt", &["Größe des Zwirbels", "Rückgabe möglich"], &["Ã", "\u{FFFD}"]),
    ("vanish.docx", &["sold"], &["margin"]),
    ("yaml.md", &["The plonk is green."], &["draft", "title", "tags"]),
];

#[test]
fn files_are_read_as_people_see_them() {
    for (name, seen, unseen) in CASES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
        let read = text(name, &std::fs::read(path).unwrap()).unwrap();
        for expected in seen {
            assert!(read.contains(expected), "{name}: `{expected}` is missing in {read}");
        }
        for unexpected in unseen {
            assert!(!read.contains(unexpected), "{name}: `{unexpected}` is in {read}");
        }
    }
}
