//! The HubSpot account whose events are taken: that of the token. Until it is known, no webhook can tell whose its events are.

use std::sync::Arc;

use tokio::sync::watch;

/// The account. Clones share what is known.
#[derive(Clone, Debug)]
pub struct OwnAccount(Arc<watch::Sender<Known>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// Nobody asks for it, as for the embedded HubSpot: every event is of the one account that there is.
    Any,
    /// It is asked for.
    Awaited,
    Portal(u64),
}

impl Default for OwnAccount {
    fn default() -> OwnAccount {
        OwnAccount(Arc::new(watch::Sender::new(Known::Any)))
    }
}

impl OwnAccount {
    /// Takes no event that names an account until the own one is known.
    pub fn expect(&self) {
        self.0.send_if_modified(|known| {
            let is_new = *known == Known::Any;
            if is_new {
                *known = Known::Awaited;
            }
            is_new
        });
    }

    /// Takes only events of this account from now on. It is set once: the account of a token does not change.
    pub fn set(&self, portal: u64) {
        self.0.send_if_modified(|known| {
            let is_new = !matches!(known, Known::Portal(_));
            if is_new {
                *known = Known::Portal(portal);
            }
            is_new
        });
    }

    /// Waits until it is known whose events are taken.
    pub async fn known(&self) {
        let mut known = self.0.subscribe();
        // The sender lives as long as this account, so the wait ends by a change alone.
        let _ = known.wait_for(|known| *known != Known::Awaited).await;
    }

    /// True if it is asked for and not known yet.
    pub fn is_awaited(&self) -> bool {
        *self.0.borrow() == Known::Awaited
    }

    /// True for an event of another account, as far as is known.
    pub fn is_foreign(&self, portal: Option<u64>) -> bool {
        match (*self.0.borrow(), portal) {
            (Known::Portal(own), Some(portal)) => own != portal,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_account_than_the_known_one_is_foreign() {
        let account = OwnAccount::default();
        assert!(!account.is_awaited() && !account.is_foreign(Some(1)));
        account.expect();
        assert!(account.is_awaited());
        account.set(7);
        account.set(8);
        account.expect();
        assert!(!account.is_awaited());
        assert_eq!([None, Some(7), Some(8)].map(|portal| account.is_foreign(portal)), [false, false, true]);
    }
}
