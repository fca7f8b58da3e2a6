//! Texts that stand beside each other, in tables or aslant.

use super::{at, read};

/// A list beside a table, each with line distances of its own: now and then two lines have nearly one height.
#[test]
fn texts_beside_each_other_with_heights_of_their_own_are_no_rows() {
    let left = ["allowed = 1", "borders = 0", "colour = none", "margin = 6", "padding = 2", "shadow = 0"];
    let right = ["You are hereby", "told that we", "close at noon", "on each last", "Sunday of the", "long summer"];
    let lines = |x: u32, top: f64, distance: f64, texts: [&str; 6]| -> String {
        let line = |(n, text)| format!("BT /F1 10 Tf {x} {} Td ({text}) Tj ET\n", top - distance * n as f64);
        texts.into_iter().enumerate().map(line).collect()
    };
    let content = lines(72, 700.0, 12.0, left) + &lines(320, 702.5, 13.0, right);
    assert_eq!(read(&content).trim(), [left.join("\n"), right.join("\n")].join("\n\n"));
    let level = lines(72, 700.0, 12.0, left) + &lines(320, 700.0, 12.0, right);
    assert!(read(&level).contains("margin = 6 on each last\n"), "rows of one height are those of a table");
}

#[test]
fn a_heading_beside_a_line_is_no_part_of_it() {
    let line = "This line goes on to the end of its column";
    let content = at(72, 700, 10, line) + &at(270, 700, 16, "Notes") + &at(72, 688, 10, "and goes on below it.");
    assert_eq!(read(&content).trim(), format!("{line}\nand goes on below it.\n\n## Notes"));
}

#[test]
fn a_stamp_across_a_page_is_read_apart_from_its_lines() {
    let stamp = "BT /F1 40 Tf 0.7071 0.7071 -0.7071 0.7071 150 600 Tm (DRAFT 2027) Tj ET\n";
    let lines = ["The first line of the page.", "The second line of it.", "The third line of it."];
    let text: String = (0..3).map(|n| at(72, 700 - 14 * n as u32, 12, lines[n])).collect();
    assert_eq!(read(&(stamp.to_owned() + &text)).trim(), format!("{}\n\n# DRAFT 2027", lines.join("\n")));
}

/// Text is drawn again with a small shift to look bold: each letter, or all of it.
#[test]
fn a_stamp_that_is_drawn_twice_is_read_once() {
    let stamp =
        |x: f64, y: f64, text: &str| format!("BT /F1 40 Tf 0.7071 0.7071 -0.7071 0.7071 {x} {y} Tm ({text}) Tj ET\n");
    let text = at(72, 700, 12, "A line of the page.");
    let whole = stamp(150.0, 500.0, "ALL TOLD 2027") + &stamp(151.0, 499.5, "ALL TOLD 2027");
    assert_eq!(read(&(whole + &text)).trim(), "A line of the page.\n\n# ALL TOLD 2027");
    // Each figure of Helvetica is 0.556 sizes wide.
    let figure = |(n, figure): (usize, char)| {
        let place = 150.0 + 40.0 * 0.556 * std::f64::consts::FRAC_1_SQRT_2 * n as f64;
        stamp(place, place, &figure.to_string()) + &stamp(place + 1.0, place, &figure.to_string())
    };
    let figures: String = "55501".chars().enumerate().map(figure).collect();
    assert_eq!(read(&(figures + &text)).trim(), "A line of the page.\n\n55501");
    let apart = stamp(150.0, 500.0, "COPY") + &stamp(150.0, 300.0, "COPY");
    assert_eq!(read(&(apart + &text)).trim(), "A line of the page.\n\n# COPY\n\n# COPY");
}

/// A table with lines between its rows, in which each cell has two lines of text.
#[test]
fn cells_that_all_have_several_lines_are_read_one_after_the_other() {
    let mut content = at(72, 704, 10, "Model") + &at(200, 704, 10, "Use");
    for (y, number) in [(684, 1), (654, 2), (624, 3)] {
        content += &(at(72, y, 10, &format!("Robot {number} for")) + &at(200, y, 10, "Floors of shops and"));
        content += &(at(72, y - 12, 10, "all days.") + &at(200, y - 12, 10, "of large halls."));
    }
    for y in [718, 698, 668, 638, 608] {
        content += &format!("66 {y} m 400 {y} l S ");
    }
    let rows = (1..=3).map(|n| format!("| Robot {n} for all days. | Floors of shops and of large halls. |"));
    let expected = rows.collect::<Vec<_>>().join("\n");
    assert_eq!(read(&content).trim(), format!("| Model | Use |\n| --- | --- |\n{expected}"));
}

/// A table whose cells in the first column are filled over the lines between them.
#[test]
fn cells_whose_lines_are_covered_stay_in_their_rows() {
    let mut content = String::new();
    for (n, (name, price)) in [("Tea", "$3"), ("Coffee", "$4"), ("Cocoa", "$5")].into_iter().enumerate() {
        let y = 684 - 20 * n as u32;
        content += &(at(72, y, 10, name) + &at(200, y, 10, price) + &at(300, y, 10, "a cup"));
        content += &format!("180 {} m 400 {} l S ", y - 6, y - 6);
    }
    content += "66 698 m 400 698 l S 66 638 m 400 638 l S 66 618 m 400 618 l S ";
    content += &(at(72, 624, 10, "All") + &at(200, 624, 10, "$12") + &at(300, 624, 10, "in all"));
    assert_eq!(read(&content).trim(), "Tea $3 a cup\nCoffee $4 a cup\nCocoa $5 a cup\nAll $12 in all");
}

#[test]
fn names_over_their_values_are_read_with_them() {
    let row = |y: u32, texts: [&str; 3]| -> String {
        texts.into_iter().zip([72, 220, 370]).map(|(text, x)| at(x, y, 10, text)).collect()
    };
    let content = row(700, ["Phone", "Fax", "Open"]) + &row(686, ["555 0142", "555 0143", "9 to 17"]);
    assert_eq!(read(&content).trim(), "Phone 555 0142\nFax 555 0143\nOpen 9 to 17");
}

#[test]
fn numbers_of_headings_stand_before_them_and_those_of_lines_do_not() {
    let heading = at(72, 740, 12, "2") + &at(100, 740, 12, "Delivery");
    let text = at(72, 700, 12, "We deliver within two weeks to all of the country.");
    assert!(read(&(heading + &text)).starts_with("2 Delivery\n\n"));
    let lines = ["To the court", "of the county", "we say no", "in all points"];
    let numbered = (0..4)
        .map(|n| at(72, 700 - 30 * n as u32, 12, &(n + 1).to_string()) + &at(100, 706 - 30 * n as u32, 12, lines[n]));
    assert!(!read(&numbered.collect::<String>()).contains("1 To the court"));
}

/// A white number on a black dot, whose shape lies around the place where it begins.
#[test]
fn numbers_on_dots_are_read() {
    let content = at(72, 700, 10, "The lid") + "BT /F1 10 Tf 110 700 Td (o) Tj 1 g /F1 4 Tf -2 2 Td (7) Tj ET\n";
    assert!(read(&content).contains('7'), "{}", read(&content));
}

/// A table with lines around all cells, as Word and LibreOffice write it: a name stands in the middle of the rows and columns
/// that it goes over.
#[test]
fn cells_with_lines_around_them_stand_in_their_rows_and_columns() {
    let texts = [
        (80, 675, "Robot"),
        (235, 685, "Price"),
        (180, 665, "Rent"),
        (290, 665, "Buy"),
        (80, 635, "ADAM"),
        (180, 645, "$12"),
        (290, 645, "$240"),
        (180, 625, "$11"),
        (290, 625, "$220"),
        (80, 605, "All prices are those of the year 2027, net of tax."),
    ];
    let mut content: String = texts.into_iter().map(|(x, y, text)| at(x, y, 10, text)).collect();
    for (from, to, y) in
        [(70, 390, 700), (170, 390, 680), (70, 390, 660), (170, 390, 640), (70, 390, 620), (70, 390, 600)]
    {
        content += &format!("{from} {y} m {to} {y} l S ");
    }
    for (x, bottom, top) in [(70, 600, 700), (170, 620, 700), (280, 620, 680), (390, 600, 700)] {
        content += &format!("{x} {bottom} m {x} {top} l S ");
    }
    content += &at(72, 720, 10, "Our prices:");
    let expected = "Our prices:\n\n| Robot | Price / Rent | Price / Buy |\n| --- | --- | --- |\n| ADAM | $12 | $240 |\n\
        | ADAM | $11 | $220 |\n| All prices are those of the year 2027, net of tax. |  |  |";
    assert_eq!(read(&content).trim(), expected);
}

#[test]
fn lines_of_a_drawing_are_no_table() {
    let mut content =
        at(50, 700, 10, "40") + &at(50, 650, 10, "20") + &at(72, 620, 10, "The number of robots by year.");
    for n in 0..5 {
        content +=
            &format!("70 {} m 390 {} l S {} 640 m {} 740 l S ", 640 + 25 * n, 640 + 25 * n, 70 + 80 * n, 70 + 80 * n);
    }
    assert_eq!(read(&content).trim(), "40\n\n20\n\nThe number of robots by year.");
}
