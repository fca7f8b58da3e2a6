//! Tables with lines around all cells, whose first rows or cells go over several columns or rows, and forms.

use super::{at, read};

/// Draws lines around the cells between these sides and heights, but for those inside of the areas.
fn lines(sides: &[u32], heights: &[u32], whole: &[[u32; 4]]) -> String {
    let mut drawn = String::new();
    let is_inside = |x: u32, y: u32| {
        whole
            .iter()
            .any(|[left, bottom, right, top]| (x > 2 * left && x < 2 * right) && (y > 2 * bottom && y < 2 * top))
    };
    for y in heights {
        for pair in sides.windows(2).filter(|pair| !is_inside(pair[0] + pair[1], 2 * y)) {
            drawn += &format!("{} {y} m {} {y} l S ", pair[0], pair[1]);
        }
    }
    for x in sides {
        for pair in heights.windows(2).filter(|pair| !is_inside(2 * x, pair[0] + pair[1])) {
            drawn += &format!("{x} {} m {x} {} l S ", pair[0], pair[1]);
        }
    }
    drawn
}

fn rows(from: u32, rows: &[&[(u32, &str)]]) -> String {
    let row = |(n, row): (usize, &&[(u32, &str)])| -> String {
        row.iter().map(|(x, text)| at(*x, from - 20 * n as u32, 10, text)).collect()
    };
    rows.iter().enumerate().map(row).collect()
}

#[test]
fn a_title_row_stands_above_its_table() {
    let texts = rows(
        685,
        &[
            &[(180, "Prices of 2027")],
            &[(80, "Robot"), (180, "Rent"), (290, "Buy")],
            &[(80, "ADAM"), (180, "$12"), (290, "$240")],
            &[(80, "DUST"), (180, "$9"), (290, "$180")],
        ],
    );
    let content = texts + &lines(&[70, 170, 280, 390], &[700, 680, 660, 640, 620], &[[70, 680, 390, 700]]);
    let expected =
        "Prices of 2027\n\n| Robot | Rent | Buy |\n| --- | --- | --- |\n| ADAM | $12 | $240 |\n| DUST | $9 | $180 |";
    assert_eq!(read(&content).trim(), expected);
}

#[test]
fn titles_are_several_rows_of_any_length_and_size() {
    let long = "These prices are those of the year, net of tax, and they hold until the next list.";
    let texts = at(80, 745, 16, "Prices of 2027")
        + &at(75, 725, 8, long)
        + &rows(
            685,
            &[
                &[(80, "Robot"), (235, "Price")],
                &[(180, "Rent"), (290, "Buy")],
                &[(80, "ADAM"), (180, "$12"), (290, "$240")],
            ],
        );
    let heights = [760, 740, 720, 700, 680, 660, 640];
    let whole = [[70, 740, 390, 760], [70, 700, 390, 740], [70, 660, 170, 700], [170, 680, 390, 700]];
    let content = texts + &lines(&[70, 170, 280, 390], &heights, &whole);
    let expected = format!("# Prices of 2027\n\n{long}\n\nRobot Price / Rent Price / Buy\nADAM $12 $240");
    let read = read(&content);
    assert_eq!(read.trim(), expected, "{read}");
}

/// A first cell that goes over rows of values is a name that stands in each of them, however long it is.
#[test]
fn rows_of_values_beside_a_first_cell_are_no_header() {
    let name = "The cleaning robot for large halls and for the floors of shops";
    for name in ["ADAM", name] {
        let texts = rows(
            685,
            &[
                &[(80, name), (400, "Rent"), (480, "$12")],
                &[(400, "Buy"), (480, "$240")],
                &[(80, "DUST"), (400, "Rent"), (480, "$9")],
            ],
        );
        let content = texts + &lines(&[70, 390, 470, 550], &[700, 680, 660, 640], &[[70, 660, 390, 700]]);
        assert_eq!(read(&content).trim(), format!("{name} Rent $12\nBuy $240\nDUST Rent $9"));
    }
}

/// Boxes with names and choices, and a small box in a corner of each for the number that is chosen.
#[test]
fn the_boxes_of_a_form_are_read_one_after_the_other() {
    let (mut content, mut expected) = (at(60, 720, 16, "Report of a crash"), vec!["# Report of a crash".to_owned()]);
    for (band, column) in (0..6).flat_map(|band| (0..5).map(move |column| (band, column))) {
        let (left, top, number) = (60 + 100 * column, 700 - 60 * band, 100 + 5 * band + column);
        let (right, bottom) = (left + 100, top - 60);
        for (line, text) in ["Direction", "1 - North", "2 - South"].into_iter().enumerate() {
            content += &at(left + 4, top - 12 - 10 * line as u32, 8, text);
        }
        content += &at(right - 20, bottom + 4, 8, &number.to_string());
        content += &format!("{left} {bottom} 100 60 re S {} {bottom} 25 15 re S ", right - 25);
        expected.extend(["Direction\n1 - North\n2 - South".to_owned(), number.to_string()]);
    }
    let read = read(&content);
    assert_eq!(read.trim().split("\n\n").collect::<Vec<_>>(), expected, "{read}");
}

/// A table whose cells are boxes of their own in each row, and are no boxes of a form.
#[test]
fn rows_of_boxes_with_one_line_each_stay_rows() {
    let row = |n: u32| -> String {
        let cell = |column: u32| {
            let (x, y) = (60 + 120 * column, 700 - 20 * n);
            at(x + 4, y + 4, 10, &format!("Value {n}{column}")) + &format!("{x} {y} 120 16 re S ")
        };
        (0..4).map(cell).collect()
    };
    let read = read(&(0..8).map(row).collect::<String>());
    let line = |n: u32| format!("Value {n}0 Value {n}1 Value {n}2 Value {n}3");
    assert_eq!(read.trim(), (0..8).map(line).collect::<Vec<_>>().join("\n"), "{read}");
}
