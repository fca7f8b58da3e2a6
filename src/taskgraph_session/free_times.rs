//! Free times as a customer is told them: the day and the zone once, and each start as a time of day.

use serde_json::Value;

/// The length of `2026-12-01`, and the places of the time in `2026-12-01T13:00:00-05:00`.
const DATE_LENGTH: usize = 10;
const TIME: std::ops::Range<usize> = 11..16;
/// The place of the offset.
const OFFSET_AT: usize = 19;

/// Shows the starts of the day as `13:00`, and those of other days as `Wednesday 2026-12-02 13:00`.
pub(super) fn shorten(answer: &mut Value) {
    let Some(date) = answer["date"].as_str().map(str::to_owned) else { return };
    let all = starts(answer, "available_slots");
    let offset = all.first().and_then(|first| first.get(OFFSET_AT..)).map(str::to_owned);
    // On the day on which the clocks change, a time of day alone may come twice.
    let plain = all.iter().all(|start| start.starts_with(&date) && start.get(OFFSET_AT..) == offset.as_deref());
    for slot in entries(answer, "available_slots") {
        let start = slot["start"].as_str().unwrap_or_default();
        *slot = if plain { start.get(TIME) } else { Some(start) }.unwrap_or_default().into();
    }
    for slot in entries(answer, "next_free_slots") {
        let (start, weekday) = (slot["start"].as_str().unwrap_or_default(), slot["weekday"].as_str());
        let (day, time) = (start.get(..DATE_LENGTH).unwrap_or_default(), start.get(TIME).unwrap_or_default());
        *slot = [weekday.unwrap_or_default(), day, time].join(" ").trim().into();
    }
}

fn starts(answer: &Value, list: &str) -> Vec<String> {
    let slots = answer[list].as_array().into_iter().flatten();
    slots.filter_map(|slot| slot["start"].as_str()).map(str::to_owned).collect()
}

fn entries<'a>(answer: &'a mut Value, list: &str) -> impl Iterator<Item = &'a mut Value> {
    answer.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn starts_are_times_of_the_day_unless_the_clocks_change() {
        let slots =
            |all: &[&str]| all.iter().map(|start| json!({"start": start, "weekday": "Tuesday"})).collect::<Vec<_>>();
        let shown = |mut answer: Value| {
            shorten(&mut answer);
            answer
        };
        let (nine, ten) = ("2026-12-01T09:00:00-05:00", "2026-12-01T10:15:00-05:00");
        let usual = shown(json!({"date": "2026-12-01", "available_slots": slots(&[nine, ten])}));
        assert_eq!(usual["available_slots"], json!(["09:00", "10:15"]));
        let clocks = ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"];
        let twice = shown(json!({"date": "2026-11-01", "available_slots": slots(&clocks)}));
        assert_eq!(twice["available_slots"], json!(clocks));
        let none = json!({"date": "2026-11-30", "available_slots": [], "next_free_slots": slots(&[nine])});
        assert_eq!(shown(none)["next_free_slots"], json!(["Tuesday 2026-12-01 09:00"]));
    }
}
