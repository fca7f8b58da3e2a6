//! HubSpot's rate limits: its windows, their headers, its two shapes of 429, and how full the windows ever were.

use std::collections::{BTreeMap, VecDeque};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::clock::Ms;
use super::fault::Policy;
use super::refusal::Refusal;

const BURST_WINDOW_MS: Ms = 10_000;
const SEARCH_WINDOW_MS: Ms = 1_000;
/// Searches a second and account, whatever the tier.
const SEARCHES_MAX: usize = 5;
/// Tokens whose windows are kept; a client that tries one bad token after the other never gets here.
const TOKENS_MAX: usize = 1_000;

/// The account's subscription, which sets the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Free and Starter
    Free,
    Professional,
    Enterprise,
    /// Enterprise with one API Limit Increase
    Increased,
    /// A marketplace app with OAuth: no daily limit
    Marketplace,
}

impl Tier {
    /// Requests of one app in ten seconds.
    pub fn burst(self) -> usize {
        match self {
            Tier::Free => 100,
            Tier::Professional | Tier::Enterprise => 190,
            Tier::Increased => 250,
            Tier::Marketplace => 110,
        }
    }

    /// Requests of all apps of an account in a day.
    pub fn daily(self) -> Option<u64> {
        match self {
            Tier::Free => Some(250_000),
            Tier::Professional => Some(625_000),
            Tier::Enterprise => Some(1_000_000),
            Tier::Increased => Some(2_000_000),
            Tier::Marketplace => None,
        }
    }

    /// Requests to the associations API in ten seconds.
    pub fn associations(self) -> usize {
        match self {
            Tier::Free => 100,
            Tier::Professional | Tier::Enterprise | Tier::Marketplace => 150,
            Tier::Increased => 200,
        }
    }

    /// Requests to the associations API in a day.
    pub fn associations_daily(self) -> u64 {
        if self == Tier::Increased { 1_000_000 } else { 500_000 }
    }
}

/// Which windows a request counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bucket {
    General,
    Associations,
    Search,
    /// Token introspection and the like: not counted.
    Free,
}

/// The most requests that ever lay within one window, refused ones included: what a client must never exceed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Peaks {
    /// Of one token, in ten seconds
    pub ten_seconds: usize,
    /// To search, in one second
    pub search_second: usize,
    /// To the associations API, in ten seconds
    pub associations_ten_seconds: usize,
    /// Of all tokens, in one day of the account
    pub daily: u64,
    /// Requests answered with 429 for a full window
    pub refused: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Limits {
    bursts: BTreeMap<String, Window>,
    searches: Window,
    associations: Window,
    day: Option<NaiveDate>,
    daily: u64,
    associations_daily: u64,
    peaks: Peaks,
}

/// When a request came: `uptime_ms` by tokio's clock, `day` by the account's calendar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct When {
    pub(crate) uptime_ms: Ms,
    pub(crate) day: NaiveDate,
}

impl Limits {
    /// Counts a request; the headers of its answer, and the refusal when a window is full.
    pub(crate) fn count(&mut self, tier: Option<Tier>, bucket: Bucket, token: &str, when: When) -> Admission {
        if bucket == Bucket::Free {
            return (Vec::new(), Ok(()));
        }
        self.turn_day(when.day);
        self.arrive(bucket, token, when.uptime_ms);
        let Some(tier) = tier else { return (Vec::new(), Ok(())) };
        let room = self.room(tier, bucket, token);
        match room {
            Ok(()) => self.accept(bucket, token, when.uptime_ms),
            Err(_) => self.peaks.refused += 1,
        }
        (self.headers(tier, bucket, token), room.map_err(|policy| refusal(policy, bucket)))
    }

    pub(crate) fn peaks(&self) -> Peaks {
        self.peaks
    }

    fn turn_day(&mut self, day: NaiveDate) {
        if self.day != Some(day) {
            (self.day, self.daily, self.associations_daily) = (Some(day), 0, 0);
        }
    }

    fn arrive(&mut self, bucket: Bucket, token: &str, now: Ms) {
        self.daily += 1;
        self.associations_daily += u64::from(bucket == Bucket::Associations);
        if self.bursts.len() >= TOKENS_MAX {
            self.bursts.retain(|_, window| window.is_busy(now, BURST_WINDOW_MS));
        }
        let peaks = &mut self.peaks;
        peaks.daily = peaks.daily.max(self.daily);
        match bucket {
            Bucket::Search => {
                let seen = self.searches.arrive(now, SEARCH_WINDOW_MS);
                peaks.search_second = peaks.search_second.max(seen);
            }
            _ => {
                let seen = self.bursts.entry(token.to_owned()).or_default().arrive(now, BURST_WINDOW_MS);
                peaks.ten_seconds = peaks.ten_seconds.max(seen);
            }
        }
        if bucket == Bucket::Associations {
            let seen = self.associations.arrive(now, BURST_WINDOW_MS);
            peaks.associations_ten_seconds = peaks.associations_ten_seconds.max(seen);
        }
    }

    fn room(&self, tier: Tier, bucket: Bucket, token: &str) -> Result<(), Policy> {
        let over_daily = tier.daily().is_some_and(|max| self.daily > max);
        if over_daily || bucket == Bucket::Associations && self.associations_daily > tier.associations_daily() {
            return Err(Policy::Daily);
        }
        let burst = self.bursts.get(token).map_or(0, |window| window.accepted.len());
        match bucket {
            Bucket::Search if self.searches.accepted.len() >= SEARCHES_MAX => Err(Policy::Secondly),
            Bucket::Associations if self.associations.accepted.len() >= tier.associations() => {
                Err(Policy::TenSecondlyRolling)
            }
            Bucket::General | Bucket::Associations if burst >= tier.burst() => Err(Policy::TenSecondlyRolling),
            _ => Ok(()),
        }
    }

    fn accept(&mut self, bucket: Bucket, token: &str, now: Ms) {
        match bucket {
            Bucket::Search => self.searches.accepted.push_back(now),
            _ => self.bursts.entry(token.to_owned()).or_default().accepted.push_back(now),
        }
        if bucket == Bucket::Associations {
            self.associations.accepted.push_back(now);
        }
    }

    /// Search answers carry the daily pair only.
    fn headers(&self, tier: Tier, bucket: Bucket, token: &str) -> Vec<Header> {
        let mut headers = Vec::new();
        if let Some(max) = tier.daily() {
            headers.push(("x-hubspot-ratelimit-daily", max.to_string()));
            headers.push(("x-hubspot-ratelimit-daily-remaining", max.saturating_sub(self.daily).to_string()));
        }
        if bucket != Bucket::Search {
            let used = self.bursts.get(token).map_or(0, |window| window.accepted.len());
            let left = tier.burst().saturating_sub(used);
            let (each_second, left_this_second) = (tier.burst() / 10, left.min(tier.burst() / 10));
            headers.push(("x-hubspot-ratelimit-interval-milliseconds", BURST_WINDOW_MS.to_string()));
            headers.push(("x-hubspot-ratelimit-max", tier.burst().to_string()));
            headers.push(("x-hubspot-ratelimit-remaining", left.to_string()));
            headers.push(("x-hubspot-ratelimit-secondly", each_second.to_string()));
            headers.push(("x-hubspot-ratelimit-secondly-remaining", left_this_second.to_string()));
        }
        headers
    }
}

pub(crate) type Header = (&'static str, String);
pub(crate) type Admission = (Vec<Header>, Result<(), Refusal>);

/// A rolling window: what came, and what was let through.
#[derive(Debug, Default)]
struct Window {
    came: VecDeque<Ms>,
    accepted: VecDeque<Ms>,
}

impl Window {
    /// Counts an arrival and says how many lie in the window with it.
    fn arrive(&mut self, now: Ms, window_ms: Ms) -> usize {
        for times in [&mut self.came, &mut self.accepted] {
            while times.front().is_some_and(|at| now - at >= window_ms) {
                times.pop_front();
            }
        }
        self.came.push_back(now);
        self.came.len()
    }

    fn is_busy(&self, now: Ms, window_ms: Ms) -> bool {
        self.came.back().is_some_and(|at| now - at < window_ms)
    }
}

/// HubSpot's 429: one shape for the account's limits, another without a policy for search.
pub(crate) fn refusal(policy: Policy, bucket: Bucket) -> Refusal {
    let (name, limit) = match policy {
        Policy::Daily => ("DAILY", "daily"),
        Policy::TenSecondlyRolling => ("TEN_SECONDLY_ROLLING", "ten_secondly_rolling"),
        Policy::Secondly => ("SECONDLY", "secondly"),
    };
    let refusal = Refusal::new(429, format!("You have reached your {limit} limit."));
    match (policy, bucket) {
        (Policy::Secondly, _) => refusal.category("RATE_LIMITS"),
        _ => refusal.with("errorType", "RATE_LIMIT").with("policyName", name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(uptime_ms: Ms) -> When {
        When { uptime_ms, day: NaiveDate::default() }
    }

    fn count(limits: &mut Limits, bucket: Bucket, uptime_ms: Ms) -> Result<Vec<Header>, Refusal> {
        let (headers, outcome) = limits.count(Some(Tier::Free), bucket, "pat", at(uptime_ms));
        outcome.map(|()| headers)
    }

    #[test]
    fn the_burst_window_rolls() {
        let mut limits = Limits::default();
        for _ in 0..100 {
            assert!(count(&mut limits, Bucket::General, 0).is_ok());
        }
        let full = count(&mut limits, Bucket::General, 9_999).unwrap_err().body("id");
        assert_eq!((full["policyName"].as_str(), full["category"].as_str()), (Some("TEN_SECONDLY_ROLLING"), None));
        let headers = count(&mut limits, Bucket::General, 10_000).unwrap();
        assert!(headers.contains(&("x-hubspot-ratelimit-remaining", "99".into())));
        assert_eq!(limits.peaks(), Peaks { ten_seconds: 101, daily: 102, refused: 1, ..Peaks::default() });
    }

    #[test]
    fn search_has_a_bucket_of_its_own() {
        let mut limits = Limits::default();
        for _ in 0..SEARCHES_MAX {
            let headers = count(&mut limits, Bucket::Search, 0).unwrap();
            assert_eq!(headers.len(), 2);
        }
        let full = count(&mut limits, Bucket::Search, 999).unwrap_err().body("id");
        assert_eq!((full["policyName"].as_str(), full["category"].as_str()), (None, Some("RATE_LIMITS")));
        assert!(count(&mut limits, Bucket::General, 999).is_ok());
        assert!(count(&mut limits, Bucket::Search, 1_000).is_ok());
        assert_eq!(limits.peaks().search_second, 6);
    }

    #[test]
    fn the_day_ends_at_the_accounts_midnight() {
        let mut limits = Limits { daily: 250_000, day: Some(NaiveDate::default()), ..Limits::default() };
        assert_eq!(count(&mut limits, Bucket::General, 0).unwrap_err().body("")["policyName"], "DAILY");
        let tomorrow = When { uptime_ms: 1, day: NaiveDate::default().succ_opt().unwrap() };
        assert!(limits.count(Some(Tier::Free), Bucket::General, "pat", tomorrow).1.is_ok());
    }

    #[test]
    fn without_a_tier_everything_passes_and_is_still_counted() {
        let mut limits = Limits::default();
        for _ in 0..500 {
            assert_eq!(limits.count(None, Bucket::Associations, "pat", at(0)), (vec![], Ok(())));
        }
        assert_eq!(limits.peaks().ten_seconds, 500);
        assert_eq!(limits.peaks().associations_ten_seconds, 500);
    }
}
