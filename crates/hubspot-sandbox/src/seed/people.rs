//! The owners of the seed company.

use crate::clock::Ms;
use crate::model::owner::{Owner, Team};

/// User id of owner 117001.
pub(crate) const VERONICA: u64 = 9_586_504;
/// User id of owner 117002, who has a meeting link and no calendar: a booking with him books nothing.
pub(crate) const DANIEL: u64 = 9_586_611;
/// User id of owner 117003.
pub(crate) const MEI: u64 = 9_586_742;

/// 2025-01-06, the date at which the company opened its account
pub(crate) const CREATED_MS: Ms = 1_736_157_600_000;

pub(crate) fn owners() -> Vec<Owner> {
    let sales = Team { id: "368389".into(), name: "Sales Team".into(), primary: true };
    let service = Team { id: "368390".into(), name: "Service Team".into(), primary: true };
    vec![
        owner("117001", VERONICA, "Veronica", "Chen", vec![sales.clone()]),
        owner("117002", DANIEL, "Daniel", "Ortiz", vec![service]),
        owner("117003", MEI, "Mei", "Tanaka", vec![sales]),
        Owner { archived: true, ..owner("117004", 9_586_803, "Paul", "Adams", vec![]) },
    ]
}

fn owner(id: &str, user_id: u64, first_name: &str, last_name: &str, teams: Vec<Team>) -> Owner {
    let email = format!("{}.{}@richtech.example", first_name.to_lowercase(), last_name.to_lowercase());
    let (first_name, last_name) = (first_name.into(), last_name.into());
    Owner { id: id.into(), user_id, email, first_name, last_name, archived: false, teams, created_ms: CREATED_MS }
}
