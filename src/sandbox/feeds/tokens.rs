//! Client-credentials tokens, and how long they are good.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{BadData, Call, Feed};

/// Requests that a short-lived token is good for.
const SHORT: u32 = 3;

/// The tokens that were given.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    given: Mutex<HashMap<(Feed, String), u32>>,
}

impl Tokens {
    /// A new token of the caller's feed.
    pub(super) fn give(&self, call: &Call<'_>) -> String {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let token = format!("sandbox-token-{}-{}", call.feed.name(), given.len() + 1);
        let uses = match () {
            () if call.is(BadData::DeadTokens) => 0,
            () if call.is(BadData::ShortTokens) => SHORT,
            () => u32::MAX,
        };
        given.insert((call.feed, token.clone()), uses);
        token
    }

    /// Whether the request carries a token that is still good; it is used once more.
    pub(super) fn take(&self, call: &Call<'_>) -> bool {
        let Some(token) = call.header("authorization").strip_prefix("Bearer ") else {
            return false;
        };
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        match given.get_mut(&(call.feed, token.to_owned())) {
            Some(uses) if *uses > 0 => {
                *uses -= 1;
                true
            }
            _ => false,
        }
    }
}
