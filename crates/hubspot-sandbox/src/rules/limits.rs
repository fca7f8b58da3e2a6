//! HubSpot's rate limits: the windows, their response headers, and the highest counts seen in them.
//!
//! The numbers are those of HubSpot's page "API usage guidelines and limits".

use std::collections::{BTreeMap, VecDeque};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::fault::Policy;
use crate::clock::Ms;

const BURST_WINDOW_MS: Ms = 10_000;
const SEARCH_WINDOW_MS: Ms = 1_000;
/// Searches of an account in one second, in every tier.
const SEARCHES_MAX: usize = 5;
/// Tokens whose windows are kept. Requests with an unknown token are rejected before they are counted.
const TOKENS_MAX: usize = 1_000;

/// The subscription of an account, which sets its rate limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Free and Starter.
    Free,
    /// Professional: 190 requests in ten seconds.
    Professional,
    /// Enterprise: 190 requests in ten seconds.
    Enterprise,
    /// Enterprise with one API Limit Increase.
    Increased,
    /// Any account, seen from a marketplace app with OAuth: there is no daily limit.
    Marketplace,
}

impl Tier {
    /// Returns the requests that one app may send in ten seconds.
    pub fn burst(self) -> usize {
        match self {
            Tier::Free => 100,
            Tier::Professional | Tier::Enterprise => 190,
            Tier::Increased => 250,
            Tier::Marketplace => 110,
        }
    }

    /// Returns the requests that all apps of an account may send in one day, or `None` for no limit.
    pub fn daily(self) -> Option<u64> {
        match self {
            Tier::Free => Some(250_000),
            Tier::Professional => Some(625_000),
            Tier::Enterprise => Some(1_000_000),
            Tier::Increased => Some(2_000_000),
            Tier::Marketplace => None,
        }
    }

    /// Returns the requests to the associations API that an account may send in ten seconds.
    pub fn associations(self) -> usize {
        match self {
            Tier::Free => 100,
            Tier::Professional | Tier::Enterprise | Tier::Marketplace => 150,
            Tier::Increased => 200,
        }
    }

    /// Returns the requests to the associations API that an account may send in one day.
    pub fn associations_daily(self) -> u64 {
        if self == Tier::Increased { 1_000_000 } else { 500_000 }
    }
}

/// The group of windows that a request counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bucket {
    General,
    /// Counts as general, too.
    Associations,
    Search,
    /// Not counted, as token introspection.
    Free,
}

/// The highest number of requests that were ever inside each window, refused ones included.
///
/// A client that keeps HubSpot's limits never exceeds them here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Peaks {
    /// Requests of one token in ten seconds.
    pub ten_seconds: usize,
    /// Searches in one second.
    pub search_second: usize,
    /// Requests to the associations API in ten seconds.
    pub associations_ten_seconds: usize,
    /// Requests of all tokens in one day of the account's time zone.
    pub daily: u64,
    /// Requests that were answered with 429 because a window was full.
    pub refused: u64,
}

/// The policy whose window is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateLimited(pub(crate) Policy);

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

/// The time at which a request arrived: `uptime_ms` by tokio's clock, `day` by the account's calendar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArrivalTime {
    pub(crate) uptime_ms: Ms,
    pub(crate) day: NaiveDate,
}

impl Limits {
    /// Counts a request. Returns the headers of its response, and an error if a window is full.
    pub(crate) fn count(&mut self, tier: Option<Tier>, bucket: Bucket, token: &str, when: ArrivalTime) -> Admission {
        if bucket == Bucket::Free {
            return (Vec::new(), Ok(()));
        }
        self.start_day_if_new(when.day);
        self.arrive(bucket, token, when.uptime_ms);
        let Some(tier) = tier else { return (Vec::new(), Ok(())) };
        let room = self.room(tier, bucket, token);
        match room {
            Ok(()) => self.accept(bucket, token, when.uptime_ms),
            Err(_) => self.peaks.refused += 1,
        }
        (self.headers(tier, bucket, token), room.map_err(RateLimited))
    }

    pub(crate) fn peaks(&self) -> Peaks {
        self.peaks
    }

    fn start_day_if_new(&mut self, day: NaiveDate) {
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

    /// Responses to searches carry the daily pair only.
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
/// The headers that a response gets, and the outcome of the check.
pub(crate) type Admission = (Vec<Header>, Result<(), RateLimited>);

/// A rolling window: the times of the requests that came, and of those that were let through.
#[derive(Debug, Default)]
struct Window {
    came: VecDeque<Ms>,
    accepted: VecDeque<Ms>,
}

impl Window {
    /// Counts a request. Returns the number of requests in the window, this one included.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(uptime_ms: Ms) -> ArrivalTime {
        ArrivalTime { uptime_ms, day: NaiveDate::default() }
    }

    fn count(limits: &mut Limits, bucket: Bucket, uptime_ms: Ms) -> Result<Vec<Header>, RateLimited> {
        let (headers, outcome) = limits.count(Some(Tier::Free), bucket, "pat", at(uptime_ms));
        outcome.map(|()| headers)
    }

    #[test]
    fn the_burst_window_rolls() {
        let mut limits = Limits::default();
        for _ in 0..100 {
            assert!(count(&mut limits, Bucket::General, 0).is_ok());
        }
        let full = count(&mut limits, Bucket::General, 9_999).unwrap_err();
        assert_eq!(full, RateLimited(Policy::TenSecondlyRolling));
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
        let full = count(&mut limits, Bucket::Search, 999).unwrap_err();
        assert_eq!(full, RateLimited(Policy::Secondly));
        assert!(count(&mut limits, Bucket::General, 999).is_ok());
        assert!(count(&mut limits, Bucket::Search, 1_000).is_ok());
        assert_eq!(limits.peaks().search_second, 6);
    }

    #[test]
    fn the_day_ends_at_the_accounts_midnight() {
        let mut limits = Limits { daily: 250_000, day: Some(NaiveDate::default()), ..Limits::default() };
        assert_eq!(count(&mut limits, Bucket::General, 0).unwrap_err(), RateLimited(Policy::Daily));
        let tomorrow = ArrivalTime { uptime_ms: 1, day: NaiveDate::default().succ_opt().unwrap() };
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
