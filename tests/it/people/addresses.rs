//! E-mail addresses, and the names beside them.

use serde_json::{Value, json};

use super::{AIKO, SARAH, VISIT, count, found, imported, property, typed_in};
use crate::booking::{meeting, with};
use crate::world::World;

#[tokio::test(start_paused = true)]
async fn a_name_is_found_turned_and_in_a_sentence() {
    let world = World::new().await;
    for query in ["MARK, Sarah", "Mark, Sarah", "\"Sarah Mark\"", "my name is Sarah Mark.", "find customer Sarah Mark"]
    {
        assert_eq!(found(&world, json!({"query": query})).await, [SARAH], "{query}");
    }
    for at in 0..3 {
        typed_in(&world, json!({"firstname": "Kim", "lastname": format!("Lind{at}")})).await;
    }
    let page = |cursor: Value| json!({"query": "customers named Kim", "limit": 2, "cursor": cursor});
    let first = world.call("search_contacts", page(Value::Null)).await.unwrap();
    let rest = world.call("search_contacts", page(first["next_cursor"].clone())).await.unwrap();
    assert_eq!((&first["total"], rest["contacts"].as_array().unwrap().len()), (&json!(3), 1));
}

#[tokio::test(start_paused = true)]
async fn a_number_that_does_not_fit_the_address_is_said() {
    let world = World::new().await;
    let query = "+1 702 555 0199 / sarah@gmail.com";
    let answer = world.call("search_contacts", json!({"query": query})).await.unwrap();
    assert_eq!(answer["contacts"][0]["contact_id"], SARAH, "{answer}");
    assert!(answer["searched"].to_string().contains("not both together"), "{answer}");
    let query = "+1 702 555 0143 / sarah@gmail.com";
    let answer = world.call("search_contacts", json!({"query": query})).await.unwrap();
    assert!(!answer["searched"].to_string().contains("not both together"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn an_address_in_another_spelling_of_its_sign_is_refused() {
    let world = World::new().await;
    for text in ["sarah%40gmail.com", "sarah(at)gmail.com", "Sarah [at] gmail.com"] {
        let error = world.call("search_contacts", json!({"query": text})).await.unwrap_err();
        assert!(error["message"].as_str().unwrap().contains("with `@`"), "{text}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_day_begins_at_midnight_of_the_account() {
    let world = World::new().await;
    let change = json!({"contact": SARAH, "properties": {"closedate": "2026-12-01"}});
    world.call("update_contact", change).await.unwrap();
    assert_eq!(property(&world, "contacts", SARAH, "closedate"), "2026-12-01T05:00:00.000Z");
}

#[tokio::test(start_paused = true)]
async fn what_is_logged_has_happened() {
    let world = World::new().await;
    for (at, part) in [
        (json!("2027-11-22T09:30:00Z"), "not over yet"),
        (json!(1_796_137_200_i64), "unix seconds"),
        (json!("1796137200000"), "unix seconds"),
        (json!("yesterday"), "offset"),
    ] {
        let error = world.call("log_activity", json!({"contact": SARAH, "text": "Hi", "at": at})).await.unwrap_err();
        assert!(error["message"].as_str().unwrap().contains(part), "{at}: {error}");
    }
    let arguments = json!({"contact": SARAH, "text": "Hi", "at": "2026-11-20T09:30Z"});
    let logged = world.call("log_activity", arguments).await.unwrap();
    assert_eq!(logged["at"], "2026-11-20T09:30:00Z", "ISO 8601 has no seconds here");
}

#[tokio::test(start_paused = true)]
async fn finding_f5_an_address_with_an_invisible_end_is_the_same_person() {
    let world = World::new().await;
    let before = count(&world);
    for email in [
        "sarah@gmail.com\u{200b}",
        "\u{feff}Sarah@gmail.com",
        "\u{202a}sarah@gmail.com\u{202c}\u{ad}",
        "sarah@gmail.com\u{2800}",
        "\u{fffc}sarah@gmail.com\u{e000}",
        "'sarah@gmail.com'",
    ] {
        let customer = world.call("find_contact_by_email", json!({"email": email})).await.unwrap();
        assert_eq!(customer["contact_id"], SARAH, "{email:?}");
        assert_eq!(world.call("get_contact", json!({"contact": email})).await.unwrap()["contact_id"], SARAH);
        assert_eq!(found(&world, json!({"query": email})).await, [SARAH], "{email:?}");
        assert_eq!(found(&world, json!({"filters": {"email": email, "lastname": "Mark"}})).await, [SARAH]);
        let kept = world.call("create_contact", json!({"properties": {"email": email}})).await.unwrap();
        assert_eq!((&kept["created"], &kept["contact"]["contact_id"]), (&json!(false), &json!(SARAH)), "{email:?}");
    }
    let change = json!({"contact": AIKO, "properties": {"email": "aiko@new.example\u{200b}"}});
    world.call("update_contact", change).await.unwrap();
    assert_eq!(property(&world, "contacts", AIKO, "email"), "aiko@new.example");
    let booking = with(meeting("2026-12-01", "13:00"), json!({"cus_email": "sarah@gmail.com\u{200b}"}));
    assert_eq!(world.call("create_meeting", booking).await.unwrap()["contact_id"], SARAH);
    assert_eq!(count(&world), before);
}

#[tokio::test(start_paused = true)]
async fn an_address_is_read_out_of_the_words_around_it() {
    let world = World::new().await;
    for query in [
        "Sarah Mark <sarah@gmail.com>",
        "sarah@gmail.com.",
        "(sarah@gmail.com)",
        "Email: sarah@gmail.com",
        "[sarah@gmail.com](mailto:sarah@gmail.com)",
    ] {
        assert_eq!(found(&world, json!({"query": query})).await, [SARAH], "{query}");
    }
    for query in ["sarah@@gmail.com", "http://sarah@gmail.com"] {
        assert_eq!(world.code("search_contacts", json!({"query": query})).await, "INVALID_INPUT_ERROR", "{query}");
    }
    for pasted in
        ["sarah@gmail.com.", "sarah@gmail.com;", "Sarah Mark <sarah@gmail.com>", "[s](mailto:sarah@gmail.com)"]
    {
        for (tool, arguments) in [
            ("find_contact_by_email", json!({"email": pasted})),
            ("get_contact", json!({"contact": pasted})),
            ("search_contacts", json!({"filters": {"email": pasted}})),
        ] {
            let answer = world.call(tool, arguments).await.unwrap();
            assert!(answer.to_string().contains(SARAH), "{tool} {pasted}: {answer}");
        }
        let kept = world.call("create_contact", json!({"properties": {"email": pasted}})).await.unwrap();
        assert_eq!((&kept["created"], &kept["contact"]["contact_id"]), (&json!(false), &json!(SARAH)), "{pasted}");
    }
}

#[tokio::test(start_paused = true)]
async fn finding_f5_an_invisible_character_inside_an_address_is_named() {
    let world = World::new().await;
    let before = count(&world);
    for character in ["\u{2800}", "\u{fff9}", "\u{fffc}", "\u{e000}", "\u{13430}", "\u{fdd0}"] {
        let email = format!("sa{character}rah@gmail.com");
        let error = world.call("find_contact_by_email", json!({"email": email})).await.unwrap_err();
        let code = format!("U+{:04X}", u32::from(character.chars().next().unwrap()));
        assert!(error["code"] == "INVALID_INPUT_ERROR" && error.to_string().contains(&code), "{code}: {error}");
    }
    let email = "sa\u{200b}rah@gmail.com";
    let guest = with(meeting("2026-12-01", "13:00"), json!({"slug": VISIT, "guest_emails": [email]}));
    for (tool, arguments) in [
        ("find_contact_by_email", json!({"email": email})),
        ("get_contact", json!({"contact": email})),
        ("search_contacts", json!({"query": email})),
        ("search_contacts", json!({"filters": {"email": email}})),
        ("create_contact", json!({"properties": {"email": email}})),
        ("update_contact", json!({"contact": SARAH, "properties": {"email": email}})),
        ("create_ticket", json!({"cus_cid": email, "issue": "It beeps."})),
        ("find_owner_by_owner_id", json!({"owner_id": email})),
        ("create_meeting", with(meeting("2026-12-01", "13:00"), json!({"cus_email": email}))),
        ("create_meeting", guest),
    ] {
        let error = world.call(tool, arguments.clone()).await.unwrap_err();
        assert_eq!(error["code"], "INVALID_INPUT_ERROR", "{tool} {arguments}: {error}");
        assert!(error.to_string().contains("U+200B ZERO WIDTH SPACE"), "{tool} {arguments}: {error}");
    }
    assert_eq!(count(&world), before);
}

#[tokio::test(start_paused = true)]
async fn finding_f5_spellings_of_an_international_address_are_one_person() {
    let spellings = ["jürgen@bücher.example", "ju\u{308}rgen@bu\u{308}cher.example", "JÜRGEN@xn--bcher-kva.example"];
    for stored in spellings {
        let world = World::new().await;
        let id = typed_in(&world, json!({"email": stored, "firstname": "Jürgen", "lastname": "Buch"})).await;
        let before = count(&world);
        for email in spellings {
            let customer = world.call("find_contact_by_email", json!({"email": email})).await.unwrap();
            assert_eq!(customer["contact_id"], *id, "{stored} {email}");
            assert_eq!(found(&world, json!({"query": email})).await, [id.as_str()], "{stored} {email}");
            assert_eq!(found(&world, json!({"filters": {"email": email, "lastname": "Buch"}})).await, [id.as_str()]);
            let kept = world.call("create_contact", json!({"properties": {"email": email}})).await.unwrap();
            assert_eq!(kept["created"], false, "{stored} {email}");
        }
        let booking = with(
            meeting("2026-12-01", "13:00"),
            json!({"cus_email": spellings[2], "cus_fname": "Jürgen", "cus_lname": "Buch"}),
        );
        assert_eq!(world.call("create_meeting", booking).await.unwrap()["contact_id"], *id, "{stored}");
        assert_eq!(count(&world), before, "{stored}");
    }
}

#[tokio::test(start_paused = true)]
async fn finding_f5_names_are_searched_without_what_nobody_sees() {
    let world = World::new().await;
    for query in ["Sarah\u{200b} Mark", "\u{feff}Sarah Mark\u{200e}", "Sa\u{ad}rah", "\u{2068}Mark\u{2069}"] {
        assert_eq!(found(&world, json!({"query": query})).await, [SARAH], "{query:?}");
    }
    assert_eq!(found(&world, json!({"filters": {"lastname": "Ma\u{200b}rk"}})).await, [SARAH]);
    let jose = typed_in(&world, json!({"firstname": "José"})).await;
    for query in ["Jose\u{301}", "ＪＯＳＥ\u{301}", "Ｊｏｓé"] {
        assert_eq!(found(&world, json!({"query": query})).await, [jose.as_str()], "{query}");
    }
    for query in ["Ｓａｒａｈ Mark", "Ｓａｒａｈ　Ｍａｒｋ", "Sa\u{fffc}rah Ma\u{2800}rk"] {
        assert_eq!(found(&world, json!({"query": query})).await, [SARAH], "{query}");
    }
    let dowd = typed_in(&world, json!({"firstname": "Niall", "lastname": "O'Dowd"})).await;
    let neil = typed_in(&world, json!({"firstname": "Mary", "lastname": "O’Neil"})).await;
    for apostrophe in ["'", "’", "ʼ", "＇"] {
        for (query, id) in [(format!("Niall O{apostrophe}Dowd"), &dowd), (format!("Mary O{apostrophe}Neil"), &neil)] {
            assert_eq!(found(&world, json!({"query": query})).await, [id.as_str()], "{query}");
        }
    }
    assert_eq!(found(&world, json!({"filters": {"lastname": "Ｍａｒｋ"}})).await, [SARAH]);
    assert_eq!(world.code("search_contacts", json!({"query": "\u{200b}"})).await, "INVALID_INPUT_ERROR");
    let owned = world.call("create_ticket", json!({"cus_cid": SARAH, "issue": "x", "owner": "Mei\u{200b} Tanaka"}));
    assert_eq!(owned.await.unwrap()["owner_id"], "117003");
}

#[tokio::test(start_paused = true)]
async fn a_total_that_was_not_counted_to_the_end_says_so() {
    let world = World::new().await;
    let stranger = |at: usize| json!({"lastname": format!("No {at}"), "phone": format!("+45 {at}9 555 0143")});
    imported(&world, (0..2_100).map(stranger).collect()).await;
    let asked = |cursor: Value| json!({"filters": {"phone": "+1 702 555 0143"}, "cursor": cursor});
    let first = world.call("search_contacts", asked(Value::Null)).await.unwrap();
    assert_eq!((&first["total"], &first["total_is_lower_bound"]), (&json!(0), &json!(true)), "{first}");
    let rest = world.call("search_contacts", asked(first["next_cursor"].clone())).await.unwrap();
    assert_eq!(rest["contacts"][0]["contact_id"], SARAH, "reading goes on where it stopped: {rest}");
    assert_eq!(rest.get("next_cursor"), None);
}
