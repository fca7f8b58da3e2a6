//! HubSpot's rate limits by kind of account and app (HubSpot, API usage guidelines, November 2026).

use std::ops::RangeInclusive;
use std::{fmt, str::FromStr, time::Duration};

/// The kind of account and authentication, which decides the rate limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tier {
    /// Free and Starter accounts: the smallest limits, so the safe default.
    #[default]
    Free,
    /// Professional: 190 requests in ten seconds.
    Professional,
    /// Enterprise: 190 requests in ten seconds, and a higher limit a day.
    Enterprise,
    /// Accounts with the add-on that increases API limits.
    Increased,
    /// A marketplace app with OAuth, whose limits are per installing account.
    OAuth,
    /// No limits: for the embedded HubSpot.
    Unlimited,
}

/// The rate limit against which a request counts. Daily limits are apart from these: they refuse instead of delaying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// All requests that are not in another bucket, per app.
    General,
    /// `…/search`, per account; not counted in [`Bucket::General`].
    Search,
    /// The associations API.
    Associations,
}

/// Limits that are believed when a header names them. HubSpot's are 100 to 250.
pub(crate) const PLAUSIBLE_LIMITS: RangeInclusive<usize> = 10..=10_000;

/// At most `max` requests in any stretch of time of length `span`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) max: usize,
    pub(crate) span: Duration,
}

impl Bucket {
    pub(crate) const ALL: [Bucket; 3] = [Bucket::General, Bucket::Search, Bucket::Associations];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Bucket::General => "general",
            Bucket::Search => "search",
            Bucket::Associations => "associations",
        }
    }
}

impl Tier {
    /// All tiers, in the order of the enum.
    pub const ALL: [Tier; 6] =
        [Tier::Free, Tier::Professional, Tier::Enterprise, Tier::Increased, Tier::OAuth, Tier::Unlimited];

    /// The name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Tier::Free => "free",
            Tier::Professional => "professional",
            Tier::Enterprise => "enterprise",
            Tier::Increased => "increased",
            Tier::OAuth => "oauth",
            Tier::Unlimited => "unlimited",
        }
    }

    pub(crate) fn limit(self, bucket: Bucket) -> Limit {
        let burst = |max| Limit { max, span: Duration::from_secs(10) };
        match (bucket, self) {
            (_, Tier::Unlimited) => Limit { max: u32::MAX as usize, span: Duration::ZERO },
            (Bucket::Search, _) => Limit { max: 5, span: Duration::from_secs(1) },
            (Bucket::General, Tier::Free) => burst(100),
            (Bucket::General, Tier::Professional | Tier::Enterprise) => burst(190),
            (Bucket::General, Tier::Increased) => burst(250),
            (Bucket::General, Tier::OAuth) => burst(110),
            // HubSpot names no number for OAuth apps; the smallest one is safe.
            (Bucket::Associations, Tier::Free | Tier::OAuth) => burst(100),
            (Bucket::Associations, Tier::Professional | Tier::Enterprise) => burst(150),
            (Bucket::Associations, Tier::Increased) => burst(200),
        }
    }
}

/// The name is not that of a tier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a tier: it must be `free`, `professional`, `enterprise`, `increased`, `oauth` or `unlimited`")]
pub struct UnknownTier(String);

impl FromStr for Tier {
    type Err = UnknownTier;

    fn from_str(raw: &str) -> Result<Tier, UnknownTier> {
        let name = raw.trim().to_lowercase();
        let name = if name == "starter" { "free" } else { &name }; // HubSpot's limits are the same for both.
        Tier::ALL
            .into_iter()
            .find(|tier| tier.name() == name)
            .ok_or_else(|| UnknownTier(raw.chars().take(40).collect()))
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_are_read_by_name() {
        for tier in Tier::ALL {
            assert_eq!(tier.name().parse(), Ok(tier));
        }
        assert_eq!("Starter".parse(), Ok(Tier::Free));
        assert!("gold".parse::<Tier>().is_err());
    }

    #[test]
    fn limits_are_those_hubspot_publishes() {
        let published = &Tier::ALL[..5];
        let general: Vec<_> = published.iter().map(|tier| tier.limit(Bucket::General).max).collect();
        assert_eq!(general, [100, 190, 190, 250, 110]);
        let associations: Vec<_> = published.iter().map(|tier| tier.limit(Bucket::Associations).max).collect();
        assert_eq!(associations, [100, 150, 150, 200, 100]);
        assert!(published.iter().all(|tier| tier.limit(Bucket::Search).max == 5));
    }
}
