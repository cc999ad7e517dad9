//! Writes: made of typed values first, so that the very request that will be sent can be journalled
//! before it is, and sent then. Whoever keeps no journal sends at once.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::call::{Call, Gate, nothing};
use super::{Client, PsaError};
use crate::domain::exchange;
use crate::domain::problem::Problem;

type Read<T> = Box<dyn Fn(&str) -> serde_json::Result<T> + Send + Sync>;
type Check<T> = Box<dyn Fn(&T, u16) -> Result<(), PsaError> + Send + Sync>;

/// A write that is ready to be sent, any number of times.
pub struct Write<T> {
    call: Call,
    read: Read<T>,
    check: Option<Check<T>>,
}

impl Write<()> {
    /// One whose answer says nothing, if there is one.
    pub(super) fn untold(call: Call) -> Self {
        Self::new(call, |text| if text.is_empty() { Ok(()) } else { nothing(text) })
    }
}

impl<T: Send> Write<T> {
    /// One whose answer says what is there now.
    pub(super) fn new(
        call: Call,
        read: impl Fn(&str) -> serde_json::Result<T> + Send + Sync + 'static,
    ) -> Self {
        Self { call, read: Box::new(read), check: None }
    }

    /// Checks what is there now, and the answer's status, before anybody is told.
    pub(super) fn checked(
        self,
        check: impl Fn(&T, u16) -> Result<(), PsaError> + Send + Sync + 'static,
    ) -> Self {
        Self { check: Some(Box::new(check)), ..self }
    }

    /// What is sent, for a journal: method, path and body, and no headers.
    pub fn request(&self) -> exchange::Request {
        exchange::Request {
            method: self.call.method.as_str().to_owned(),
            path: self.call.path.clone(),
            body: self.call.body.as_deref().and_then(exchange::Body::of),
        }
    }

    /// Sends once; a lost answer is the caller's to look up. Gives what came of it and, for a
    /// journal, what was answered, without keys that an answer might repeat.
    pub async fn send(&self, client: &Client) -> (Result<T, PsaError>, exchange::Answer) {
        self.give(client, &self.call).await
    }

    /// As [`Write::send`], where the right to send can be lost while the request waits for its turn
    /// or is to be repeated after a pause: `may` is asked right before it leaves, each time. Its
    /// problem comes back as [`PsaError::NotSent`].
    pub async fn send_while(
        &self,
        client: &Client,
        may: impl Fn() -> BoxFuture<'static, Result<(), Problem>> + Send + Sync + 'static,
    ) -> (Result<T, PsaError>, exchange::Answer) {
        let call = Call { gate: Some(Gate(Arc::new(may))), ..self.call.clone() };
        self.give(client, &call).await
    }

    async fn give(&self, client: &Client, call: &Call) -> (Result<T, PsaError>, exchange::Answer) {
        match client.transport().ask_for(call, &self.read).await {
            Ok((said, answer)) => {
                let mut body = answer.body.clone().into_bytes();
                client.transport().scrub(&mut body);
                let body = exchange::Body::of(&body);
                let told = exchange::Answer { status: Some(answer.status), body, problem: None };
                let checked = said.and_then(|now| {
                    self.check.as_ref().map_or(Ok(()), |check| check(&now, answer.status))?;
                    Ok(now)
                });
                (checked, told)
            }
            Err(e) => {
                let told = told(&e);
                (Err(e), told)
            }
        }
    }
}

/// A refusal, or why nothing was answered. Refusals are scrubbed where they arrive.
fn told(error: &PsaError) -> exchange::Answer {
    match error {
        PsaError::Refused { status, problem, raw } => exchange::Answer {
            // 0: refused here, before anything was sent.
            status: (*status > 0).then_some(*status),
            body: exchange::Body::of(raw.as_bytes()),
            problem: (*status == 0).then(|| problem.message.clone()),
        },
        PsaError::Lost { problem } | PsaError::NotSent { problem } => {
            exchange::Answer { status: None, body: None, problem: Some(problem.message.clone()) }
        }
    }
}
