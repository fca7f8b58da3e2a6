//! Tables beside each other whose lines of text have the same heights.

use super::{at, read};

/// Shows rows of four cells, 14 points below each other.
fn rows(top: u32, rows: &[[&str; 4]]) -> String {
    let row = |(n, texts): (usize, &[&str; 4])| -> String {
        let cells = texts.iter().zip([72, 160, 320, 420]).filter(|(text, _)| !text.is_empty());
        cells.map(|(text, x)| at(x, top - 14 * n as u32, 10, text)).collect()
    };
    rows.iter().enumerate().map(row).collect()
}

const PRICES: [[&str; 4]; 4] = [
    ["Part", "Price", "City", "Open"],
    ["Filter", "$12", "Bonn", "9 to 17"],
    ["Brush", "$7", "Kiel", "8 to 16"],
    ["Hose", "$15", "Ulm", "10 to 18"],
];

const FIRST: &str = "| Part | Price |\n| --- | --- |\n| Filter | $12 |\n| Brush | $7 |\n| Hose | $15 |";
const SECOND: &str = "| City | Open |\n| --- | --- |\n| Bonn | 9 to 17 |\n| Kiel | 8 to 16 |\n| Ulm | 10 to 18 |";

#[test]
fn tables_with_lines_of_their_own_are_two() {
    let lines = |areas: &[(u32, u32)]| -> String {
        let heights = [714, 696, 650];
        areas.iter().flat_map(|(from, to)| heights.map(|y| format!("{from} {y} m {to} {y} l S "))).collect()
    };
    let apart = rows(700, &PRICES) + &lines(&[(70, 220), (318, 480)]);
    assert_eq!(read(&apart).trim(), format!("{FIRST}\n\n\n{SECOND}"));
    // Lines over all, with shorter ones below the names of groups, are those of one table.
    for lines in
        [lines(&[(70, 480)]), lines(&[(70, 480)]) + "70 682 m 220 682 l S 318 682 m 480 682 l S", String::new()]
    {
        assert!(read(&(rows(700, &PRICES) + &lines)).contains("| Part | Price | City | Open |"), "{lines}");
    }
    // So are those below each cell.
    let below = lines(&[(70, 110), (158, 220), (318, 360), (418, 480)]);
    assert!(read(&(rows(700, &PRICES) + &below)).contains("| Part | Price | City | Open |"));
}

#[test]
fn tables_with_headings_of_their_own_are_two() {
    let left = [("Lids", 0), ("Boxes", 4)];
    let right = [("Cups", 0), ("Plates", 6)];
    let cells = ["Filter $12", "Brush $7", "Hose $15", "Lamp $4", "Soap $2", "Towel $9", "Hook $1", "Bag $5"];
    let column = |x: u32, headings: [(&str, usize); 2]| -> String {
        let mut texts = cells.iter();
        let line = |n: usize| {
            let y = 700 - 14 * n as u32;
            match headings.iter().find(|(_, row)| *row == n) {
                Some((heading, _)) => at(x, y, 14, heading),
                None => {
                    let (name, price) = texts.next().and_then(|text| text.split_once(' ')).unwrap();
                    at(x, y, 10, name) + &at(x + 90, y, 10, price)
                }
            }
        };
        (0..10).map(line).collect()
    };
    let read = read(&(column(72, left) + &column(320, right)));
    let part = |heading: &str, cells: &[&str]| format!("## {heading}\n\n{}", cells.join("\n"));
    let expected =
        [part("Lids", &cells[..3]), part("Boxes", &cells[3..]), part("Cups", &cells[..5]), part("Plates", &cells[5..])];
    let parts: Vec<&str> = read.split("\n\n").filter(|part| !part.trim().is_empty()).collect();
    assert_eq!(parts, expected.iter().flat_map(|part| part.split("\n\n")).collect::<Vec<_>>(), "{read}");
}

/// A price in large figures in each row is no heading.
#[test]
fn tables_with_large_values_are_one() {
    let content: String = PRICES
        .iter()
        .enumerate()
        .map(|(n, [part, price, city, open])| {
            let y = 700 - 20 * n as u32;
            at(72, y, 10, part) + &at(160, y, 14, price) + &at(320, y, 10, city) + &at(420, y, 10, open)
        })
        .collect();
    assert!(read(&content).contains("| Filter | $12 | Bonn | 9 to 17 |"), "{}", read(&content));
}
