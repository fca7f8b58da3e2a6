//! A customer's meetings.

use serde_json::json;

use super::{VERONICA, logged, meeting, starts, utc, with};
use crate::world::World;

#[tokio::test(start_paused = true)]
async fn a_customer_can_list_their_meetings() {
    let world = World::new().await;
    let none = world.call("find_meetings", json!({"contact": "sarah@gmail.com"})).await.unwrap();
    assert_eq!(
        (&none["coming"], &none["past"], &none["time_zone"]),
        (&json!([]), &json!([]), &json!("America/New_York"))
    );
    for (date, time) in [("2026-11-25", "11:00"), ("2026-11-24", "13:00"), ("2026-12-01", "09:00")] {
        world.call("create_meeting", meeting(date, time)).await.unwrap();
    }
    let by_id = json!({"contact": "84246479604", "time_zone": "New York"});
    let all = world.call("find_meetings", by_id.clone()).await.unwrap();
    let coming = ["2026-11-24T13:00:00-05:00", "2026-11-25T11:00:00-05:00", "2026-12-01T09:00:00-05:00"];
    assert_eq!(starts(&all["coming"]), coming);
    let soonest = &all["coming"][0];
    assert_eq!((&soonest["end"], &soonest["outcome"]), (&json!("2026-11-24T13:30:00-05:00"), &json!("SCHEDULED")));
    assert_eq!(soonest["owner_id"], VERONICA);
    assert!(soonest["url"].as_str().unwrap().starts_with("https://"), "{soonest}");
    assert!(all["changes"].as_str().unwrap().contains("else `create_task` with `owner_id` as `owner`"), "{all}");
    assert_eq!(soonest["owner"], "Veronica Chen");
    tokio::time::advance(std::time::Duration::from_secs(4 * 24 * 3600)).await;
    let later = world.call("find_meetings", by_id).await.unwrap();
    assert_eq!(starts(&later["coming"]), ["2026-12-01T09:00:00-05:00"]);
    assert_eq!(starts(&later["past"]), ["2026-11-25T11:00:00-05:00", "2026-11-24T13:00:00-05:00"]);
}

#[tokio::test(start_paused = true)]
async fn many_meetings_come_page_by_page() {
    let world = World::new().await;
    let noon = |day: i64| utc("2026-11-22T17:00:00Z") + chrono::TimeDelta::days(day);
    logged(&world, noon(1), "CANCELED").await;
    for day in (-7..0).chain(2..8) {
        logged(&world, noon(day), if day < 0 { "COMPLETED" } else { "SCHEDULED" }).await;
    }
    let (mut coming, mut past, mut cursor) = (vec![], vec![], json!(null));
    loop {
        let asked = json!({"contact": "sarah@gmail.com", "time_zone": "UTC", "cursor": cursor});
        let page = world.call("find_meetings", asked).await.unwrap();
        assert_eq!((&page["coming_total"], &page["past_total"]), (&json!(7), &json!(7)));
        coming.extend(starts(&page["coming"]).into_iter().map(str::to_owned));
        past.extend(starts(&page["past"]).into_iter().map(str::to_owned));
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
        let whose = json!({"contact": "tom.baker@harborviewhotel.com", "cursor": cursor});
        assert_eq!(world.code("find_meetings", whose).await, "INVALID_INPUT_ERROR");
    }
    let said = |day: i64| noon(day).to_utc().to_rfc3339();
    assert_eq!(coming, (2..8).chain([1]).map(said).collect::<Vec<_>>(), "what was called off comes last");
    assert_eq!(past, (-7..0).rev().map(said).collect::<Vec<_>>());
    let all = json!({"contact": "sarah@gmail.com", "limit": 50});
    assert_eq!(starts(&world.call("find_meetings", all).await.unwrap()["coming"]).len(), 7);
    let none = json!({"contact": "sarah@gmail.com", "limit": 0});
    assert_eq!(world.code("find_meetings", none).await, "INVALID_INPUT_ERROR");
}

#[tokio::test(start_paused = true)]
async fn meetings_are_shown_in_the_customers_time_zone() {
    let world = World::new().await;
    let aiko = json!({"cus_email": "aiko.sato@kissaten.jp", "slug": "richtech/mei-tanaka"});
    world.call("create_meeting", with(meeting("2026-11-24", "15:00"), aiko)).await.unwrap();
    let shown = world.call("find_meetings", json!({"contact": "a.sato@kissaten.jp"})).await.unwrap();
    assert_eq!(
        (&shown["time_zone"], &shown["coming"][0]["start"]),
        (&json!("Asia/Tokyo"), &json!("2026-11-25T05:00:00+09:00"))
    );
    for (arguments, code) in [
        (json!({"contact": "999"}), "CONTACT_NOT_FOUND_ERROR"),
        (json!({"contact": "nobody@nowhere.com"}), "USER_NOT_FOUND_ERROR"),
        (json!({"contact": "Sarah"}), "INVALID_INPUT_ERROR"),
        (json!({}), "INVALID_INPUT_ERROR"),
    ] {
        assert_eq!(world.code("find_meetings", arguments).await, code);
    }
}
